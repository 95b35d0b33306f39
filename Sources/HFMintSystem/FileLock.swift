internal import CLinux
import Glibc
internal import HFMintCore

/// The kernel's locks on an open file: they end with the descriptor, and so with its process.
///
/// Linux has two kinds that belong to an open file, and they know nothing of each other: flock(2), and that of
/// fcntl(2) which is called F_OFD_SETLK. A kernel, a file system or a sandbox may have one alone, so both are taken
/// where both are there, in this order: who can have only one of them still meets everybody who has both.
extension Descriptor {
    private enum Answer {
        case taken, held
        /// See ``Errno/isMissing``.
        case missing(Errno)
    }

    /// Takes it, if nobody else has it.
    ///
    /// - Throws: where there is neither kind, and where flock(2) says ENOLCK: that may be said to one process alone, and
    ///   another may have no other kind.
    func tryLock() throws(Errno) -> Bool {
        switch try ask(LOCK_EX) {
        case .held: return false
        case .taken: return try addOwnLock(F_WRLCK)
        case .missing(let failure):
            guard failure.code != ENOLCK else { throw failure }
            switch try askOwn(F_WRLCK) {
            case .taken: return true
            case .held: return false
            case .missing: throw failure
            }
        }
    }

    /// The same, again and again until `deadline`.
    func lock(until deadline: Uptime, _ clock: any Clock) throws(Errno) -> Bool {
        try clock.ask(until: deadline) { () throws(Errno) in try tryLock() }
    }

    /// The same; where there are no locks, the answer is `answer`.
    func tryLock(otherwise answer: Bool) throws(Errno) -> Bool {
        do throws(Errno) {
            return try tryLock()
        } catch {
            guard error.isMissing else { throw error }
            return answer
        }
    }

    /// The same as ``tryLock()``, where to go on without a lock would do `harm`.
    func tryLock(_ path: String, orElse harm: String) throws(FileFailure) -> Bool {
        do throws(Errno) {
            return try tryLock()
        } catch {
            guard error.isMissing else { throw error.failure(path) }
            throw FileFailure(
                path, "its file system has no locks (\(error.reason)), and \(harm): move it to a local disk")
        }
    }

    /// Whether no process writes it now; then none begins until ``unlock()``.
    ///
    /// Where there are no locks, nobody writes, as all that do need one.
    func tryReading() -> Bool {
        if case .held = try? ask(LOCK_SH) { return false }
        return (try? addOwnLock(F_RDLCK)) ?? true
    }

    func unlock() {
        _ = flock(number, LOCK_UN)
        _ = setOwnLock(F_UNLCK)
    }

    /// The second kind behind the first, which is let go where the second cannot be had.
    private func addOwnLock(_ kind: CInt) throws(Errno) -> Bool {
        do throws(Errno) {
            guard case .held = try askOwn(kind), !isOneLock else { return true }
        } catch {
            unlock()
            throw error
        }
        unlock()
        return false
    }

    /// Whether both kinds are one lock of the server's, so that the first itself keeps the second away: SMB.
    private var isOneLock: Bool {
        // SMB_SUPER_MAGIC, CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC: https://man7.org/linux/man-pages/man2/statfs.2.html
        [0x517B, 0xFF53_4D42, 0xFE53_4D42].contains(hfmint_linux_file_system_of(number) & 0xFFFF_FFFF)
    }

    private func ask(_ kind: CInt) throws(Errno) -> Answer {
        while flock(number, kind | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            if errno == EWOULDBLOCK { return .held }
            guard Errno.last.isMissing else { throw .last }
            return .missing(.last)
        }
        return .taken
    }

    private func askOwn(_ kind: CInt) throws(Errno) -> Answer {
        while setOwnLock(kind) != 0 {
            if errno == EINTR { continue }
            if errno == EAGAIN || errno == EACCES { return .held }
            guard Errno.last.isMissing else { throw .last }
            return .missing(.last)
        }
        return .taken
    }

    /// F_OFD_SETLK on the whole file, which Swift's view of libc lacks.
    ///
    /// <https://man7.org/linux/man-pages/man2/F_GETLK.2const.html>
    private func setOwnLock(_ kind: CInt) -> CInt {
        var whole = flock()
        whole.l_type = Int16(kind)
        return unsafe fcntl(number, 37, &whole)
    }
}

extension Clock {
    /// Asks every 2 ms until the answer is yes.
    ///
    /// - Returns: `false` where it is still no at `deadline`.
    func ask<Failure: Error>(
        until deadline: Uptime, _ question: () throws(Failure) -> Bool
    ) throws(Failure) -> Bool {
        while try !question() {
            guard uptime() < deadline else { return false }
            sleep(for: .milliseconds(2))
        }
        return true
    }
}

extension FileFailure {
    /// Of a file whose lock was not to be had before the deadline.
    static func held(_ path: String, by holder: String = "another process") -> FileFailure {
        FileFailure(path, "\(holder) holds it, and did not let go in time")
    }
}
