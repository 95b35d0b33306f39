extension Check {
    static let stateDirectory = Check.single(
        id: "state-directory", title: "where this job's tokens are kept, and whether that works"
    ) { examination in
        var reasons: [String] = []
        for candidate in examination.jobDirectory.candidates {
            switch DirectoryState(candidate, examination.context.files) {
            case .usable(let path): return .ok("'\(path)', for this user alone (0700)", details: reasons)
            case .missing(let path): return .ok("'\(path)', which the first exchange makes (0700)", details: reasons)
            case .unusable(let path, let reason): reasons.append("not '\(path)': \(reason)")
            case .baseMissing: continue
            }
        }
        let isOnlyOne = reasons.count == 1
        return .fail(
            "this job's tokens cannot be kept" + (isOnlyOne ? ": \(reasons[0])" : " anywhere"),
            next: "name a directory that is yours alone (0700), on a disk that can be written: --state-dir or"
                + " HFMINT_STATE_DIR", details: isOnlyOne ? [] : reasons)
    }
}

/// The state of a candidate for the directory, found without a change to it.
private enum DirectoryState {
    case usable(String)
    /// It does not exist, and can be made.
    case missing(String)
    case unusable(String, reason: String)
    case baseMissing

    init(_ candidate: DirectoryCandidate, _ files: any Files) {
        if let refusal = candidate.nameRefusal {
            self = .unusable(candidate.path, reason: refusal)
            return
        }
        do throws(FileFailure) {
            let found = try files.openPrivateDirectory(candidate, making: false)
            let path = found?.path ?? Self.deepest(candidate, files)
            guard let path, let facts = files.facts(of: path) else {
                self = .baseMissing
                return
            }
            if let refusal = facts.writeRefusal {
                self = .unusable(path, reason: refusal)
            } else if facts.kind != .directory {
                self = .unusable(path, reason: "it is no directory")
            } else {
                self = found == nil ? .missing(candidate.path) : .usable(path)
            }
        } catch {
            self = .unusable(error.path, reason: error.reason)
        }
    }

    /// Returns the deepest directory of the candidate that exists, or nil.
    private static func deepest(_ candidate: DirectoryCandidate, _ files: any Files) -> String? {
        guard files.kind(of: candidate.base) != nil else { return nil }
        var path = candidate.base
        for component in candidate.components {
            guard files.kind(of: "\(path)/\(component)") != nil else { break }
            path += "/\(component)"
        }
        return path
    }
}
