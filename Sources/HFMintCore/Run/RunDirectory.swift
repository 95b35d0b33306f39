/// The directory of one `hfmint run`, below its job's: it lives as long as the program that was run.
///
/// Its lock is held by the supervisor. Where nobody holds it the supervisor was killed, and the next hfmint of the
/// job removes the directory. Where there are no locks, it stays until `hfmint forget`.
package struct RunDirectory: Sendable {
    package let directory: any PrivateDirectory
    private let lock: any DirectoryLock

    private static let prefix = "run-"
    private static let lockName = "lock"
    fileprivate static let markName = "mark"
    /// What the mark says where nobody can tell whether the supervisor lives.
    fileprivate static let unlocked = "hfmint run, unlocked"
    fileprivate static let locked = "hfmint run"

    /// Another hfmint that sweeps may come between making the directory and locking it: then there is another one.
    package init(in job: any PrivateDirectory, on machine: Machine) throws(FileFailure) {
        var failure: FileFailure?
        for _ in 0..<5 {
            do throws(FileFailure) {
                let directory = try job.subdirectory(Self.prefix + String(machine.random(), radix: 36))
                let lock = try directory.lock(Self.lockName, until: machine.clock.uptime(), clock: machine.clock)
                // Fails where it has just been removed.
                let mark = lock.weakness == nil ? Self.locked : Self.unlocked
                try directory.replace(Self.markName, with: Secret(copying: mark.utf8))
                self.directory = directory
                self.lock = lock
                return
            } catch {
                failure = error
            }
        }
        throw failure ?? FileFailure(job.path, "what is made there is removed at once")
    }

    /// Removes everything; what cannot be removed is noted.
    ///
    /// Twice if need be: a git that the program left behind may be writing a token of its own.
    package func end(_ speaker: Speaker) {
        do throws(FileFailure) {
            _ = try directory.erase()
            if !directory.names.isEmpty { _ = try directory.erase() }
        } catch {
            speaker.note("'\(error.path)' remains: \(error.reason)")
        }
        lock.release()
    }

    /// Removes what killed supervisors of this job left.
    package static func sweep(_ job: any PrivateDirectory, on machine: Machine) {
        for name in job.names where name.utf8.starts(with: prefix.utf8) {
            // A directory of this name and without a mark may be a user's.
            guard let left = try? job.subdirectory(name), let mark = left.runMark,
                let lock = try? left.lock(lockName, until: machine.clock.uptime(), clock: machine.clock)
            else { continue }
            if lock.weakness == nil, !mark.equals(unlocked) { _ = try? left.erase() }
            lock.release()
        }
    }
}

extension PrivateDirectory {
    /// What the mark of a run says; `nil` where this is no run's directory.
    fileprivate var runMark: [UInt8]? {
        guard let text = try? read(RunDirectory.markName, limit: 64) else { return nil }
        let bytes = text.reveal { $0.bytes }
        return bytes.equals(RunDirectory.locked) || bytes.equals(RunDirectory.unlocked) ? bytes : nil
    }
}
