extension Check {
    static let stateDirectory = Check(
        id: "state-directory", title: "where this job's tokens are kept, and whether that works"
    ) { examination in
        var reasons: [String] = []
        for candidate in examination.jobDirectory.candidates {
            switch Place(candidate, examination.context.files) {
            case .there(let path): return [.ok("'\(path)', for this user alone (0700)", details: reasons)]
            case .possible(let path): return [.ok("'\(path)', which the first exchange makes (0700)", details: reasons)]
            case .unusable(let path, let reason): reasons.append("not '\(path)': \(reason)")
            case .absent: continue
            }
        }
        guard reasons.count != 1 else { return [unusable("this job's tokens cannot be kept: \(reasons[0])", [])] }
        return [unusable("this job's tokens cannot be kept anywhere", reasons)]
    }

    private static func unusable(_ message: String, _ details: [String]) -> Finding {
        .fail(
            message,
            next: "name a directory that is yours alone (0700), on a disk that can be written: --state-dir or"
                + " HFMINT_STATE_DIR", details: details)
    }
}

/// A candidate for the directory, looked at and left as it is.
private enum Place {
    case there(String)
    case possible(String)
    case unusable(String, String)
    /// Not even its base exists.
    case absent

    init(_ candidate: DirectoryCandidate, _ files: any Files) {
        if let refusal = candidate.nameRefusal {
            self = .unusable(candidate.path, refusal)
            return
        }
        do throws(FileFailure) {
            let found = try files.openPrivateDirectory(candidate, making: false)
            let path = found?.path ?? Self.deepest(candidate, files)
            guard let path, let facts = files.facts(of: path) else {
                self = .absent
                return
            }
            if let refusal = facts.writeRefusal {
                self = .unusable(path, refusal)
            } else if facts.kind != .directory {
                self = .unusable(path, "it is no directory")
            } else {
                self = found == nil ? .possible(candidate.path) : .there(path)
            }
        } catch {
            self = .unusable(error.path, error.reason)
        }
    }

    /// The last of its directories that exists.
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
