/// The directory that holds the tokens of one job: where it may be.
package struct JobDirectory: Sendable {
    /// In the order in which they are tried.
    package let candidates: [DirectoryCandidate]
    /// Whether the user named it: then there is no other.
    package let isGiven: Bool

    package init(option: String?, platform: Provider?, context: Context) {
        let environment = context.environment
        if let given = option ?? environment[.hfmintStateDirectory] {
            let (base, last) = Self.split(given, in: context.files.workingDirectory)
            candidates = [DirectoryCandidate(base: base, components: [last])]
            isGiven = true
            return
        }
        let job = fingerprint(
            ([platform?.name ?? "none"] + (platform?.jobID(environment) ?? [])).map { Array($0.utf8) })
        let own = ["hfmint", job]
        let user = "hfmint-\(context.files.userID)"
        var candidates: [DirectoryCandidate] = []
        for key: Environment.Key in ["RUNNER_TEMP", "AGENT_TEMPDIRECTORY", "WORKSPACE_TMP", "XDG_RUNTIME_DIR"] {
            guard let base = environment[key], base.utf8.first == ASCII.slash else { continue }
            candidates.append(DirectoryCandidate(base: base, components: own))
        }
        candidates.append(DirectoryCandidate(base: "/dev/shm", components: [user] + own))
        candidates.append(DirectoryCandidate(base: environment["TMPDIR"] ?? "/tmp", components: [user] + own))
        self.candidates = candidates
        isGiven = false
    }

    private static func split(_ path: String, in workingDirectory: String) -> (base: String, last: String) {
        let isAbsolute = path.utf8.first == ASCII.slash
        var parts = path.utf8.split(separator: ASCII.slash).map { String(decoding: $0, as: UTF8.self) }
        let last = parts.popLast() ?? "."
        let base = (isAbsolute ? "" : workingDirectory + "/") + parts.joined(separator: "/")
        return (isAbsolute ? "/" + base : base, last)
    }

    /// Opens the first usable one; what is skipped is noted.
    ///
    /// - Throws: ``MintError/Code/stateUnusable`` if there is none, or if the one the user named is unusable.
    package func open(in context: Context) throws(MintError) -> any PrivateDirectory {
        var reasons: [String] = []
        for candidate in candidates {
            do throws(FileFailure) {
                guard candidate.path.utf8.allSatisfy({ !$0.isASCIIControl }) else {
                    throw FileFailure(candidate.path, "its name holds a control character")
                }
                return try context.files.openPrivateDirectory(candidate)
            } catch {
                reasons.append("'\(error.path)': \(error.reason)")
            }
        }
        throw MintError(
            .stateUnusable, "there is no directory for this job's tokens", details: reasons,
            hint: "name one that is yours alone (0700) with --state-dir or HFMINT_STATE_DIR")
    }
}
