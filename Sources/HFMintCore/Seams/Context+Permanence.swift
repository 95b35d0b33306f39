extension Context {
    /// Why what lies at `path` will be gone after this job, or after a restart; `nil` where nothing says so.
    package func willVanish(_ path: String) -> String? {
        let temporary = ["RUNNER_TEMP", "AGENT_TEMPDIRECTORY", "WORKSPACE_TMP"].compactMap {
            environment[Environment.Key($0)]
        }
        if environment["RUNNER_ENVIRONMENT"] == "github-hosted" {
            return "a GitHub-hosted runner is thrown away after the job"
        }
        if files.isInMemory(existingParent(of: path)) { return "it lies in memory, and is gone after a restart" }
        guard temporary.contains(where: { path.isBelow($0) }) else { return nil }
        return "it is removed at the end of the job"
    }

    private func existingParent(of path: String) -> String {
        var parts = path.utf8.split(separator: ASCII.slash).map { String(Substring($0)) }
        while !parts.isEmpty, files.kind(of: "/" + parts.joined(separator: "/")) == nil { parts.removeLast() }
        return "/" + parts.joined(separator: "/")
    }
}

extension String {
    /// Whether this path is `folder`, or lies in it.
    fileprivate func isBelow(_ folder: String) -> Bool {
        let parts = utf8.split(separator: ASCII.slash).filter { !$0.elementsEqual(".".utf8) }
        let above = folder.utf8.split(separator: ASCII.slash).filter { !$0.elementsEqual(".".utf8) }
        return !above.isEmpty && parts.count >= above.count && zip(parts, above).allSatisfy { $0.elementsEqual($1) }
    }
}
