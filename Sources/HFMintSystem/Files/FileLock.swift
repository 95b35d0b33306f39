internal import CLinux
import Glibc
internal import HFMintCore

/// The kernel's locks on an open file. They end when the descriptor is closed, and so with the process.
///
/// Linux has two kinds of lock, which ignore each other: flock(2), and F_OFD_SETLK of fcntl(2). A kernel, a file system
/// or a sandbox may lack one kind. So hfmint takes both if it can, flock(2) first. A process that can take only one of
/// them then still excludes a process that can take both.
extension Descriptor {
    private enum LockResult {
        case taken, held
        /// This kind of lock is missing, see ``Errno/isUnsupported``.
        case missing(Errno)
    }

    /// Takes the lock if nobody holds it, and returns whether it did.
    ///
    /// - Throws: if both kinds are missing, or flock(2) says ENOLCK. The kernel may say ENOLCK to one process alone,
    ///   while another process holds only that kind.
    func tryLock() throws(Errno) -> Bool {
        switch try takeFlock(LOCK_EX) {
        case .held: return false
        case .taken: return try addRecordLock(F_WRLCK)
        case .missing(let failure):
            guard failure.code != ENOLCK else { throw failure }
            switch try takeRecordLock(F_WRLCK) {
            case .taken: return true
            case .held: return false
            case .missing: throw failure
            }
        }
    }

    /// Tries until `deadline` to take the lock, and returns whether it did.
    func lock(until deadline: Uptime, _ clock: any Clock) throws(Errno) -> Bool {
        try clock.ask(until: deadline) { () throws(Errno) in try tryLock() }
    }

    /// Takes the lock if nobody holds it, and returns whether it did, or `answer` if there are no locks.
    func tryLock(otherwise answer: Bool) throws(Errno) -> Bool {
        do throws(Errno) {
            return try tryLock()
        } catch {
            guard error.isUnsupported else { throw error }
            return answer
        }
    }

    /// Takes the lock if nobody holds it, and returns whether it did.
    ///
    /// - Parameter harm: what would happen without a lock, for the user who has to move the file.
    func tryLock(_ path: String, orElse harm: String) throws(FileFailure) -> Bool {
        do throws(Errno) {
            return try tryLock()
        } catch {
            guard error.isUnsupported else { throw error.failure(path) }
            throw FileFailure(
                path, "its file system has no locks (\(error.reason)), and \(harm): move it to a local disk")
        }
    }

    /// Returns whether no process is writing the file, and keeps writers out until ``unlock()``.
    ///
    /// Returns `true` if there are no locks, because writers need one.
    func tryReading() -> Bool {
        if case .held = try? takeFlock(LOCK_SH) { return false }
        return (try? addRecordLock(F_RDLCK)) ?? true
    }

    func unlock() {
        _ = flock(number, LOCK_UN)
        _ = setRecordLock(F_UNLCK)
    }

    /// Takes the lock of fcntl(2) in addition to that of flock(2), or releases both and returns `false`.
    private func addRecordLock(_ kind: CInt) throws(Errno) -> Bool {
        do throws(Errno) {
            guard case .held = try takeRecordLock(kind), !isOneLock else { return true }
        } catch {
            unlock()
            throw error
        }
        unlock()
        return false
    }

    /// Whether both kinds are one lock on the server, as with SMB, so that the first excludes the second.
    private var isOneLock: Bool {
        // SMB_SUPER_MAGIC, CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC: https://man7.org/linux/man-pages/man2/statfs.2.html
        [0x517B, 0xFF53_4D42, 0xFE53_4D42].contains(hfmint_linux_file_system_of(number) & 0xFFFF_FFFF)
    }

    private func takeFlock(_ kind: CInt) throws(Errno) -> LockResult {
        try take(heldIf: [EWOULDBLOCK]) { flock(number, kind | LOCK_NB) }
    }

    private func takeRecordLock(_ kind: CInt) throws(Errno) -> LockResult {
        try take(heldIf: [EAGAIN, EACCES]) { setRecordLock(kind) }
    }

    private func take(heldIf held: [CInt], _ call: () -> CInt) throws(Errno) -> LockResult {
        while call() != 0 {
            let failure = Errno.last
            if failure.code == EINTR { continue }
            if held.contains(failure.code) { return .held }
            guard failure.isUnsupported else { throw failure }
            return .missing(failure)
        }
        return .taken
    }

    /// Calls fcntl(2) with F_OFD_SETLK, which Swift does not import, for the whole file.
    ///
    /// <https://man7.org/linux/man-pages/man2/F_GETLK.2const.html>
    private func setRecordLock(_ kind: CInt) -> CInt {
        var whole = flock()
        whole.l_type = Int16(kind)
        return unsafe fcntl(number, 37, &whole)
    }
}

extension Clock {
    /// Asks every 2 ms until the answer is yes, or returns `false` at `deadline`.
    func ask<Failure: Error>(until deadline: Uptime, _ question: () throws(Failure) -> Bool) throws(Failure) -> Bool {
        while try !question() {
            guard uptime() < deadline else { return false }
            sleep(for: .milliseconds(2))
        }
        return true
    }
}

extension FileFailure {
    /// A failure because another process held the file's lock until the deadline.
    static func held(_ path: String, by holder: String = "another process") -> FileFailure {
        FileFailure(path, "\(holder) holds it, and did not let go in time")
    }
}
