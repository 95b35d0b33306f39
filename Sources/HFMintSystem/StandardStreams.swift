import Glibc
package import HFMintCore
internal import Synchronization

/// Writes to this process's stdout and stderr.
package final class StandardStreams: Output {
    private let lost = Mutex<String?>(nil)

    package init() {}

    /// Why something could not be written, if so: then nothing more went to stdout, and the caller must learn of it.
    package var failure: String? { lost.withLock { $0 } }

    package func write(_ text: borrowing Secret, to stream: OutputStream) {
        // What was lost may have been the mask of what comes now.
        guard stream == .err || failure == nil else { return }
        do throws(Errno) {
            try write(text, stream.descriptor)
        } catch {
            lost.withLock { $0 = $0 ?? "cannot write to std\(stream.rawValue): \(error.reason)" }
        }
    }

    private func write(_ text: borrowing Secret, _ descriptor: CInt) throws(Errno) {
        try text.reveal { span throws(Errno) in
            var done = 0
            while done < span.count {
                let count = unsafe span.extracting(done...).withUnsafeBytes { bytes in
                    unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
                }
                if count < 0 && errno == EINTR { continue }
                if count < 0 && errno == EAGAIN {
                    // Whoever made the pipe may have made it non-blocking.
                    if case .unknown = DescriptorReadiness.wait(for: descriptor, POLLOUT, milliseconds: -1) {
                        SystemClock().sleep(for: .milliseconds(10))
                    }
                    continue
                }
                guard count >= 0 else { throw .last }
                done += count
            }
        }
    }

    package func kind(of stream: OutputStream) -> StreamKind {
        if isatty(stream.descriptor) == 1 { return .terminal }
        var raw = stat()
        // Only a pipe or a socket may have the runner at its other end; /dev/null swallows a mask.
        guard unsafe fstat(stream.descriptor, &raw) == 0 else { return .file }
        return [S_IFIFO, S_IFSOCK].contains(raw.st_mode & S_IFMT) ? .other : .file
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
