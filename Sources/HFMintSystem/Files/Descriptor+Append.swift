import Glibc
internal import HFMintCore

/// Appending to a file that other programs write as well.
extension Descriptor {
    /// Waits at most a second for the lock, then goes on without it: other programs may use no locks anyway.
    func lockBriefly() {
        let clock = SystemClock()
        _ = try? lock(until: clock.uptime() + .seconds(1), clock)
    }

    /// Returns whether the file is empty or ends with a line feed.
    func isBetweenLines() throws(Errno) -> Bool {
        let count = try status().byteCount
        guard count > 0 else { return true }
        return try byte(at: count - 1) == ASCII.lineFeed
    }

    private func byte(at offset: Int) throws(Errno) -> UInt8 {
        var byte: UInt8 = 0
        guard unsafe pread(number, &byte, 1, offset) == 1 else { throw .last }
        return byte
    }

    /// Appends all bytes or none, because half a block would swallow the lines that are written next.
    func append(_ bytes: borrowing Secret, _ path: String) throws(FileFailure) {
        var done = 0
        do throws(Errno) {
            try Self.write(bytes, to: number, &done)
        } catch {
            guard !takeBack(done, of: bytes) else { throw error.failure(path) }
            throw FileFailure(
                path,
                "\(error.reason); half of what was to be added is in it, and cannot be taken back, as another program"
                    + " has written behind it: look at its last lines")
        }
    }

    /// Removes the `count` bytes that this descriptor has just appended.
    ///
    /// - Returns: `false` if they are no longer the end of the file, because another program wrote behind them.
    func takeBack(_ count: Int, of bytes: borrowing Secret) -> Bool {
        guard count > 0 else { return true }
        let end = lseek(number, 0, SEEK_CUR)
        let start = end - count
        guard start >= 0, (try? status().byteCount) == end else { return false }
        let isAllThere = bytes.reveal { bytes in
            (0..<count).allSatisfy { (try? byte(at: start + $0)) == bytes[$0] }
        }
        return isAllThere && ftruncate(number, start) == 0
    }
}
