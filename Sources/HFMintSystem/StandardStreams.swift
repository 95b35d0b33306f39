import Glibc
package import HFMintCore

/// Writes to this process's stdout and stderr.
package struct StandardStreams: Output {
    package init() {}

    package func write(_ text: borrowing Secret, to stream: OutputStream) {
        text.reveal { span in
            var done = 0
            while done < span.count {
                let count = unsafe span.extracting(done...).withUnsafeBytes { bytes in
                    unsafe Glibc.write(stream.descriptor, bytes.baseAddress, bytes.count)
                }
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                done += count
            }
        }
    }

    package func kind(of stream: OutputStream) -> StreamKind {
        if isatty(stream.descriptor) == 1 { return .terminal }
        var raw = stat()
        guard unsafe fstat(stream.descriptor, &raw) == 0 else { return .other }
        return FileStatus(raw).kind == .regular ? .file : .other
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
