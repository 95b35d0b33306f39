internal import HFMintCore

// The directories in which this machine remembers what outlives a job.

extension Context {
    /// Opens a directory that is this user's alone, or returns nil if it is not there, and is not to be made.
    func openStateDirectory(
        _ path: String, isNamed: Bool = false, making: Bool
    ) throws(FileFailure) -> (any PrivateDirectory)? {
        var candidate = DirectoryCandidate(path: path, in: files.workingDirectory, isNamed: isNamed)
        candidate.makesParents = true
        if let refusal = candidate.nameRefusal { throw FileFailure(candidate.path, refusal) }
        return try files.openPrivateDirectory(candidate, making: making)
    }
}

extension Environment {
    /// Returns where such a directory is by default, or nil if HOME is not set.
    ///
    /// <https://specifications.freedesktop.org/basedir/latest/#variables>: a relative path is to be ignored.
    func defaultStateDirectory(_ name: String) -> String? {
        if let state = self["XDG_STATE_HOME"], FilePath(state).isAbsolute { return "\(state)/hfmint/\(name)" }
        return self["HOME"].map { "\($0)/.local/state/hfmint/\(name)" }
    }
}
