import Glibc
internal import HFMintCore

/// Reading and writing whole files and streams.
extension Descriptor {
    /// Writes all bytes, in one call unless the kernel takes them in parts.
    func write(_ secret: borrowing Secret) throws(Errno) {
        var done = 0
        try Self.write(secret, to: number, &done)
    }

    /// Writes all bytes to the descriptor `number`, which this process need not own.
    ///
    /// - Parameters:
    ///   - waits: whether to wait for room in a non-blocking pipe.
    ///   - done: counts the written bytes, even if the function throws.
    static func write(
        _ secret: borrowing Secret, to number: CInt, waits: Bool = false, _ done: inout Int
    ) throws(Errno) {
        try secret.reveal { span throws(Errno) in
            while done < span.count {
                let count = unsafe span.extracting(done...).withUnsafeBytes { bytes in
                    unsafe Glibc.write(number, bytes.baseAddress, bytes.count)
                }
                if count < 0 && errno == EINTR { continue }
                if count < 0 && errno == EAGAIN && waits {
                    if case .unknown = DescriptorReadiness.wait(for: number, POLLOUT, milliseconds: -1) {
                        SystemClock().sleep(for: .milliseconds(10))
                    }
                    continue
                }
                guard count >= 0 else { throw .last }
                done += count
            }
        }
    }

    func writeZeros(_ count: Int) throws(Errno) { try write(Secret(copying: repeatElement(0, count: count))) }

    /// Reads the whole of a regular file.
    ///
    /// - Throws: `EFBIG` if it is larger than `limit` bytes.
    func readRegular(limit: Int) throws(Errno) -> Secret {
        let status = try status()
        guard status.kind == .regular else { throw Errno(code: EINVAL) }
        return try readAll(capacity: min(status.byteCount, limit) + 1, limit: limit)
    }

    func readAll(capacity: Int, limit: Int) throws(Errno) -> Secret {
        try Self.readAll(from: number, capacity: capacity, limit: limit)
    }

    /// Reads up to the end, and waits at most 30 s for each piece.
    ///
    /// - Throws: `EFBIG` if there are more bytes than `limit` or fill `capacity`; `ETIMEDOUT` if no byte came in time.
    static func readAll(from number: CInt, capacity: Int, limit: Int) throws(Errno) -> Secret {
        var buffer = SecretBuffer(capacity: capacity)
        while try readPiece(from: number, into: &buffer, waiting: 30_000) > 0 {
            guard buffer.byteCount <= limit, buffer.byteCount < capacity else { throw Errno(code: EFBIG) }
        }
        return buffer.finish()
    }

    /// Adds the next bytes of the descriptor `number` to `buffer`.
    ///
    /// - Parameters:
    ///   - milliseconds: how long to wait for bytes; for ever if negative.
    ///   - mayBlock: whether to read even if the kernel does not let this process wait, so that the read may block.
    /// - Returns: how many bytes were added: 0 at the end.
    /// - Throws: `ETIMEDOUT` if no byte came in time.
    static func readPiece(
        from number: CInt, into buffer: inout SecretBuffer, waiting milliseconds: CInt, mayBlock: Bool = true
    ) throws(Errno) -> Int {
        while true {
            let readiness = DescriptorReadiness.wait(for: number, POLLIN, milliseconds: milliseconds)
            guard readiness != .late else { throw Errno(code: ETIMEDOUT) }
            if !mayBlock { try readiness.refuseToSpin() }
            let count = unsafe buffer.fill { room in unsafe Glibc.read(number, room.baseAddress, room.count) }
            if count >= 0 { return count }
            guard errno == EINTR || errno == EAGAIN else { throw .last }
            if errno == EAGAIN { try readiness.refuseToSpin() }
        }
    }

    /// Reads the bytes of a regular file between two offsets: fewer if the file has become shorter.
    func read(from start: Int, upTo end: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, end - start))
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { room in
                unsafe pread(number, room.baseAddress.map { unsafe $0 + done }, room.count - done, start + done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last }
            if count == 0 { break }
            done += count
        }
        return Array(bytes[..<done])
    }
}
