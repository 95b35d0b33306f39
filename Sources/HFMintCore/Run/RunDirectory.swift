/// The directory of one `hfmint run`, below the job's directory; it lives as long as the program that runs.
///
/// `hfmint run` sweeps what killed runs left, makes this directory, and locks it. A ``TokenKeeper`` writes the token's
/// file there and renews it while the program runs. At the program's end the directory is erased. The room starts no
/// program itself: the command does, by the ``Supervisor`` seam.
///
/// The supervisor holds the lock. If nobody holds it, the supervisor was killed, and the next hfmint of the job
/// removes the directory. On a file system without locks the directory stays until `hfmint forget`.
package struct RunDirectory: Sendable {
    package let directory: any PrivateDirectory
    private let lock: any DirectoryLock

    /// The mark's text on a file system without locks, where nobody can tell whether the supervisor lives.
    fileprivate static let unlocked = "hfmint run, unlocked"
    fileprivate static let locked = "hfmint run"

    /// Makes and locks a directory; makes another one if a sweeping hfmint removes it in between.
    package init(in job: any PrivateDirectory, on machine: Machine) throws(FileFailure) {
        var failure: FileFailure?
        for _ in 0..<5 {
            do throws(FileFailure) {
                let directory = try job.subdirectory(JobFileName.runPrefix + String(machine.random(), radix: 36))
                let lock = try directory.lock(RunFile.lock.name, until: machine.clock.uptime(), clock: machine.clock)
                // Fails where it has just been removed.
                let mark = lock.weakness == nil ? Self.locked : Self.unlocked
                try directory.replace(RunFile.mark.name, with: Secret(copying: mark.utf8))
                self.directory = directory
                self.lock = lock
                return
            } catch {
                failure = error
            }
        }
        throw failure ?? FileFailure(job.path, "what is made there is removed at once")
    }

    /// Removes the directory, and notes what it cannot remove.
    ///
    /// Tries twice if something remains: a git that the program left behind may be writing a token of its own.
    package func end(_ speaker: Speaker) {
        do throws(FileFailure) {
            _ = try directory.erase()
            if !directory.names.isEmpty { _ = try directory.erase() }
        } catch {
            speaker.note("'\(error.path)' remains: \(error.reason)")
        }
        lock.release()
    }

    /// Removes the directories that killed supervisors of this job left.
    package static func sweep(_ job: any PrivateDirectory, on machine: Machine) {
        for name in job.names where name.utf8.starts(with: JobFileName.runPrefix.utf8) {
            // A directory of this name without a mark may be the user's.
            guard let left = try? job.subdirectory(name), let mark = left.runMark,
                let lock = try? left.lock(RunFile.lock.name, until: machine.clock.uptime(), clock: machine.clock)
            else { continue }
            if lock.weakness == nil, !mark.equals(unlocked) { _ = try? left.erase() }
            lock.release()
        }
    }
}

extension PrivateDirectory {
    /// The text of a run's mark; `nil` if this is not a run's directory.
    fileprivate var runMark: [UInt8]? {
        guard let text = try? read(RunFile.mark.name, limit: 64) else { return nil }
        let bytes = text.reveal { $0.bytes }
        return bytes.equals(RunDirectory.locked) || bytes.equals(RunDirectory.unlocked) ? bytes : nil
    }
}
