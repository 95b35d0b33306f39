extension Context {
    /// Returns why a file at `path` will be gone after this job or after a restart, or nil if nothing says so.
    package func willVanish(_ path: String) -> String? {
        if let reason = allProviders.lazy.compactMap({ $0.endOfMachine(environment) }).first { return reason }
        if files.isInMemory(existingParent(of: path)) { return "it lies in memory, and is gone after a restart" }
        let temporary = Provider.temporaryDirectories.compactMap { environment[$0] }
        guard temporary.contains(where: { FilePath(path).isWithin($0) }) else { return nil }
        return "it is removed at the end of the job"
    }

    private func existingParent(of path: String) -> String {
        FilePath(path).upwards.first { files.kind(of: $0) != nil } ?? "/"
    }
}
