import Glibc
internal import HFMintCore

/// The kernel's lock on an open file: it ends with the descriptor, and so with its process.
extension Descriptor {
    /// Takes it, if nobody else has it.
    ///
    /// Where there is no flock(2), by the other lock that belongs to an open file. The two know nothing of each other,
    /// so the second is taken only where the first cannot be had by anyone: ENOLCK may be said to one process alone.
    ///
    /// - Throws: where there is neither; see ``Errno/isMissing``.
    func tryLock() throws(Errno) -> Bool {
        while flock(number, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            if errno == EINTR { continue }
            let failure = Errno.last
            guard failure.isMissing, failure.code != ENOLCK else { throw failure }
            return try tryOtherLock(insteadOf: failure)
        }
        return true
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

    private func tryOtherLock(insteadOf failure: Errno) throws(Errno) -> Bool {
        while setOwnLock(F_WRLCK, waits: false) != 0 {
            if errno == EAGAIN || errno == EACCES { return false }
            guard errno == EINTR else { throw failure }
        }
        return true
    }

    /// F_OFD_SETLK or F_OFD_SETLKW on the whole file, which Swift's view of libc lacks.
    ///
    /// <https://man7.org/linux/man-pages/man2/F_GETLK.2const.html>
    private func setOwnLock(_ kind: CInt, waits: Bool) -> CInt {
        var whole = flock()
        whole.l_type = Int16(kind)
        return unsafe fcntl(number, waits ? 38 : 37, &whole)
    }

    /// Waits until no process writes; where there are no locks, nobody writes, as all that do need one.
    func waitForWriter() {
        while flock(number, LOCK_SH) != 0 {
            if errno == EINTR { continue }
            while setOwnLock(F_RDLCK, waits: true) != 0 && errno == EINTR {}
            return
        }
    }

    /// Lets go of what ``waitForWriter()`` took.
    func unlock() {
        if flock(number, LOCK_UN) != 0 { _ = setOwnLock(F_UNLCK, waits: false) }
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
}
