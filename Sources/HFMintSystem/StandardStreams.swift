import Glibc
package import HFMintCore
internal import Synchronization

/// Writes to this process's stdout and stderr.
package final class StandardStreams: Output {
    private let lost = Mutex<String?>(nil)

    package init() {}

    /// Why a write failed, after which nothing more goes to stdout and the caller must fail; or nil.
    package var failure: String? { lost.withLock { $0 } }

    package func write(_ text: borrowing Secret, to stream: OutputStream) {
        // The lost text may have been the mask of this one.
        guard stream == .err || failure == nil else { return }
        do throws(Errno) {
            var done = 0
            try Descriptor.write(text, to: stream.descriptor, waits: true, &done)
        } catch {
            lost.withLock { $0 = $0 ?? "cannot write to std\(stream.rawValue): \(error.reason)" }
        }
    }

    package func kind(of stream: OutputStream) -> StreamKind {
        if isatty(stream.descriptor) == 1 { return .terminal }
        // Only a pipe or a socket leads to the runner. /dev/null would swallow a mask.
        let kind = (try? FileStatus { unsafe fstat(stream.descriptor, &$0) })?.kind
        return kind == .fifo || kind == .socket ? .other : .file
    }
}

extension OutputStream {
    fileprivate var descriptor: CInt {
        switch self {
        case .out: STDOUT_FILENO
        case .err: STDERR_FILENO
        }
    }
}
