import Glibc
package import HFMintCore

/// Files of other programs, from which hfmint removes its own lines.
extension PosixFiles {
    package func removeLines(
        from path: String, clock: any Clock, where isOurs: (Span<UInt8>) -> Bool
    ) throws(FileFailure) -> Int {
        guard try isThere(path), try Remainder(of: openStored(path), path, isOurs).count > 0 else { return 0 }
        let lock = "\(path).lock"
        let draft = try openLock(lock, until: clock.uptime() + .seconds(1), clock)
        do throws(FileFailure) {
            // The file is read again, because only now no git can write it.
            let old = try openStored(path)
            let status = try old.status(path)
            let remainder = try Remainder(of: old, path, isOurs)
            try naming(lock) { () throws(Errno) in
                try draft.write(remainder.text)
                try draft.setMode(status.permissions & 0o7777)
                try draft.sync()
                try Descriptor.rename(lock, to: path)
            }
            if status.linkCount == 1 { overwrite(old, status.byteCount) }
            return remainder.count
        } catch {
            _ = unsafe unlink(lock)
            throw error
        }
    }

    private func isThere(_ path: String) throws(FileFailure) -> Bool {
        do throws(Errno) {
            _ = try FileStatus(of: path)
            return true
        } catch {
            guard error.isAbsence else { throw error.failure(path) }
            return false
        }
    }

    /// Overwrites the old file, which has no name any more, with zeros.
    private func overwrite(_ file: borrowing Descriptor, _ byteCount: Int) {
        guard lseek(file.number, 0, SEEK_SET) == 0 else { return }
        try? file.writeZeros(byteCount)
        try? file.sync()
    }

    /// Takes the lock file that git itself uses, and that becomes the new file.
    ///
    /// <https://github.com/git/git/blob/v2.39.5/lockfile.h>
    private func openLock(
        _ path: String, until deadline: Uptime, _ clock: any Clock
    ) throws(FileFailure) -> Descriptor {
        while true {
            do throws(Errno) {
                return try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            } catch {
                guard error.code == EEXIST else { throw error.failure(path) }
            }
            guard clock.uptime() < deadline else { throw .held(path, by: "another git") }
            clock.sleep(for: .milliseconds(2))
        }
    }

    private func openStored(_ path: String) throws(FileFailure) -> Descriptor {
        let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK
        guard let file = try ifThere(path, namesLinks: true, try Descriptor.open(path, flags)) else {
            throw Errno(code: ENOENT).failure(path)
        }
        let status = try file.status(path)
        guard status.kind == .regular else { throw FileFailure(path, "it is not a regular file") }
        guard status.isOurs else { throw FileFailure(path, "it belongs to another user") }
        return file
    }
}

/// The text that stays in a file, and the number of lines that are removed.
private struct Remainder: ~Copyable {
    let text: Secret
    let count: Int

    private static let byteLimit = 1 << 20

    /// - Parameter isOurs: returns whether a line is removed.
    init(of file: borrowing Descriptor, _ path: String, _ isOurs: (Span<UInt8>) -> Bool) throws(FileFailure) {
        let whole = try naming(path, try file.readRegular(limit: Self.byteLimit))
        var kept = SecretBuffer(capacity: whole.byteCount)
        count = whole.reveal { bytes in
            var count = 0
            var start = 0
            while start < bytes.count {
                let end = (start..<bytes.count).first { bytes[$0] == ASCII.lineFeed } ?? bytes.count
                if isOurs(bytes.extracting(start..<end)) {
                    count += 1
                } else {
                    for index in start..<min(end + 1, bytes.count) { kept.append(bytes[index]) }
                }
                start = end + 1
            }
            return count
        }
        text = kept.finish()
    }
}
