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
        guard temporary.contains(where: { FilePath(path).isWithin($0) }) else { return nil }
        return "it is removed at the end of the job"
    }

    private func existingParent(of path: String) -> String {
        FilePath(path).upwards.first { files.kind(of: $0) != nil } ?? "/"
    }
}
