/// The directory that holds the tokens of one job, and where it may be.
package struct JobDirectory: Sendable {
    /// The candidates, in the order in which ``open(in:)`` tries them.
    package let candidates: [DirectoryCandidate]
    /// Whether the user named the directory; then it is the only candidate.
    private let isGiven: Bool

    package init(option: String?, provider: Provider?, context: Context) {
        let environment = context.environment
        if let given = option ?? environment[.hfmintStateDirectory] {
            var candidate = DirectoryCandidate(path: given, in: context.files.workingDirectory, isNamed: true)
            candidate.variable = option == nil ? .hfmintStateDirectory : nil
            candidates = [candidate]
            isGiven = true
            return
        }
        let job = fingerprint(Provider.jobIdentity(provider, in: context.environment).map { Array($0.utf8) })
        let own = ["hfmint", job]
        let user = "hfmint-\(context.files.userID)"
        var candidates: [DirectoryCandidate] = []
        for key in Provider.temporaryDirectories + ["XDG_RUNTIME_DIR"] {
            guard let base = environment[key], FilePath(base).isAbsolute else { continue }
            var candidate = DirectoryCandidate(base: base, components: own)
            candidate.variable = key
            candidates.append(candidate)
        }
        candidates.append(DirectoryCandidate(base: "/dev/shm", components: [user] + own))
        let temporary = environment["TMPDIR"].flatMap { FilePath($0).isAbsolute ? $0 : nil } ?? "/tmp"
        var last = DirectoryCandidate(base: temporary, components: [user] + own)
        last.variable = "TMPDIR"
        candidates.append(last)
        self.candidates = candidates
        isGiven = false
    }

    /// Opens the first usable candidate, and notes those it skips; returns `nil` if there is none.
    ///
    /// - Throws: ``MintError/Code/stateUnusable`` if the user's own directory is unusable.
    package func open(in context: Context) throws(MintError) -> (any PrivateDirectory)? {
        var unlocked: (directory: any PrivateDirectory, reason: String)?
        for candidate in candidates {
            do throws(FileFailure) {
                guard let directory = try open(candidate, making: true, in: context) else {
                    guard !isGiven else { throw FileFailure(candidate.base, "there is no such directory") }
                    continue
                }
                // A read-only directory would fail at the first token.
                if let refusal = context.files.facts(of: directory.path)?.writeRefusal {
                    throw FileFailure(directory.path, refusal)
                }
                // A lock only saves requests, so a directory without locks is better than none.
                if !isGiven, let reason = directory.lockRefusal {
                    unlocked = unlocked ?? (directory, reason)
                    continue
                }
                if let unlocked {
                    context.note(
                        "skipping '\(unlocked.directory.path)' for this job's tokens: its file system has no locks"
                            + " (\(unlocked.reason))")
                }
                return directory
            } catch {
                guard !isGiven else {
                    throw MintError(
                        .stateUnusable, "cannot keep tokens in '\(error.path)': \(error.reason)",
                        hint: "name a directory that is yours alone (0700) with --state-dir or HFMINT_STATE_DIR")
                }
                context.note("skipping '\(error.path)' for this job's tokens: \(error.reason)")
            }
        }
        return unlocked?.directory
    }

    private func open(
        _ candidate: DirectoryCandidate, making: Bool, in context: Context
    ) throws(FileFailure) -> (any PrivateDirectory)? {
        if let refusal = candidate.nameRefusal { throw FileFailure(candidate.path, refusal) }
        return try context.files.openPrivateDirectory(candidate, making: making)
    }

    /// Opens the directory for records that a collector does not accept, for commands that need no other file.
    ///
    /// Without a directory the command goes on; `audit` reports it once a record needs one.
    package func openForRecords(of audit: AuditTrail, in context: Context) {
        guard audit.needsDirectory, let directory = try? open(in: context) else { return }
        audit.keep(in: directory.path)
    }

    /// Returns the candidates that exist, for the end of the job; notes those it cannot open.
    package func existing(in context: Context) -> [any PrivateDirectory] {
        candidates.compactMap { candidate in
            do throws(FileFailure) {
                return try open(candidate, making: false, in: context)
            } catch {
                context.note("leaving '\(error.path)' alone: \(error.reason)")
                return nil
            }
        }
    }
}

extension MintError {
    package static let noDirectory = MintError(
        .stateUnusable, "there is no directory for this job's tokens",
        hint: "name one that is yours alone (0700) with --state-dir or HFMINT_STATE_DIR")
}
