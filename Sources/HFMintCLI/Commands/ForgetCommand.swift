internal import HFMintCore

extension Command {
    package static let forget = Command(
        name: "forget",
        summary: "at the end of a job: overwrite and remove every copy that this job was given",
        description: [
            "Overwrites (as well as the disk lets it) and removes the tokens of this job: the files in its directory,"
                + " and those that `--deliver env-file=PATH` and `token-file=PATH` made, if nobody has changed them since. An"
                + " empty file that stood there before is empty again. Names what it cannot remove, and what it leaves."
                + " The Hub is not asked: a token expires by itself, and `hfmint revoke` is for one that leaked.",
            "What git handed on to its other helpers is taken back too: from `~/.git-credentials` and other files of"
                + " `git credential-store`, line by line, and from those that erase it when they are asked.",
            "Never fails a job that succeeded: what could not be removed is said, and the exit status is 0.",
        ],
        options: [.manifest, .provider, .stateDirectory] + Option.reporting,
        examples: [
            Example("the last step of a job, also after a failure", "hfmint forget"),
            Example("for a script that wants to know", "hfmint forget --json"),
        ],
        run: ForgetCommand.run)
}

/// Overwrites and removes what a job was given, and collects what it removed and what remains.
private struct ForgetCommand {
    private let context: Context
    private let session: EndSession
    private var removed: [String] = []
    private var remaining: [String] = []

    /// The notes of copies that may still be there, which stay in their directory for the next call.
    private struct KeptNotes {
        var names: Set<String> = []
        /// Whether the notes could not be listed, so that all of them stay.
        var areAll = false

        func contains(_ name: String) -> Bool { names.contains(name) || areAll && UserCopy.isNote(name) }
    }

    static func run(_ call: Call) throws(MintError) -> Report {
        var command = Self(context: call.context, session: try EndSession(call))
        return command.run()
    }

    private mutating func run() -> Report {
        for directory in session.directory.existing(in: context) { erase(directory) }
        remaining += beyondReach()
        recordEnd()
        let lines = removed.map { "removed  \($0.printable)" } + remaining.map { "remains  \($0.printable)" }
        return Report(
            lines: lines.isEmpty ? ["this job has no tokens here"] : lines,
            json: ["removed": .strings(removed), "remaining": .strings(remaining)])
    }

    /// Records what was done, but does not fail a job that succeeded.
    private func recordEnd() {
        do throws(MintError) {
            try session.record(AuditEvent(.tokenForgotten, reason: "\(counted(removed.count, "file")) removed"))
        } catch {
            context.note(error.message)
        }
    }

    private mutating func erase(_ directory: any PrivateDirectory) {
        let kept = eraseCopies(notedIn: directory)
        let back = GitTakeBack(directory, in: context)
        removed += back.removed
        remaining += back.remaining
        let before = directory.names
        do throws(FileFailure) {
            let erased = try directory.erase(keeping: kept.contains) {
                remaining.append("'\($0.path)': \($0.reason)")
            }
            removed += erased
        } catch {
            let after = directory.names
            removed += before.filter { !after.contains($0) }.map { "\(directory.path)/\($0)" }
            remaining.append("'\(error.path)': \(error.reason)")
        }
    }

    private mutating func eraseCopies(notedIn directory: any PrivateDirectory) -> KeptNotes {
        var kept = KeptNotes()
        let copies = UserCopy.all(in: directory) { failure in
            let isListing = failure.path.utf8.elementsEqual(directory.path.utf8)
            if isListing { kept.areAll = true } else { kept.names.insert(FilePath(failure.path).name) }
            remaining.append("what '\(failure.path)' named as a copy, which could not be read: \(failure.reason)")
        }
        let byPath = Dictionary(grouping: copies) { Array($0.path.utf8) }
        for (_, copies) in byPath.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            erase(copies, at: copies[0].path, notedIn: directory, &kept)
        }
        return kept
    }

    /// Erases what was delivered at one path.
    ///
    /// - Parameter copies: what the notes say of that path; all but one of them may be gone already.
    private mutating func erase(
        _ copies: [UserCopy], at path: String, notedIn directory: any PrivateDirectory, _ kept: inout KeptNotes
    ) {
        let marks = UserCopies(of: path, in: directory)
        var endings: [UserFileErasure] = []
        for copy in copies {
            do throws(FileFailure) {
                endings.append(try context.files.eraseUserFile(path, copy.mark, marks: marks))
            } catch {
                kept.names.insert(copy.noteName)
                let line = "'\(error.path)': \(error.reason); `hfmint forget` tries it again"
                if !remaining.contains(line) { remaining.append(line) }
            }
        }
        if endings.contains(.erased) { removed.append(path) }
        if endings.contains(.emptied) { removed.append("what was delivered in '\(path)', which is empty again") }
        guard !endings.contains(.erased), !endings.contains(.emptied) else { return }
        let tokens = tokensInWords(path)
        if endings.contains(.changed) {
            remaining.append("'\(path)': it was changed since hfmint wrote it\(tokens)")
        } else if endings.contains(.another), !tokens.isEmpty {
            remaining.append("'\(path)': hfmint did not make what is there now\(tokens)")
        }
    }

    /// Returns the end of a line about a file that stays: which of its lines hold a token.
    private func tokensInWords(_ path: String) -> String {
        if let facts = context.files.facts(of: path), facts.kind != .regular { return "" }
        do throws(FileFailure) {
            let lines = try linesWithToken(path)
            guard !lines.isEmpty else { return "" }
            let numbers = lines.map { "\($0)" }.joined(separator: ", ")
            return "; a token is in \(lines.count == 1 ? "line" : "lines") \(numbers): delete that"
        } catch {
            return "; whether a token is in it could not be seen: \(error.reason)"
        }
    }

    /// Returns the numbers of the lines that hold a short-lived token.
    private func linesWithToken(_ path: String) throws(FileFailure) -> [Int] {
        guard let file = try context.files.read(path, limit: 1 << 20) else { return [] }
        return file.reveal { text in
            var numbers: [Int] = []
            var line = 1
            for index in text.indices {
                if text[index] == ASCII.lineFeed { line += 1 }
                if numbers.last != line, HubToken.Kind(in: text, at: index) != nil { numbers.append(line) }
            }
            return numbers
        }
    }

    /// Returns a line for each token that no program can take back.
    private func beyondReach() -> [String] {
        var lines: [String] = []
        for key in [Environment.Key.hfToken, .legacyHubToken] where context.environment.secret(key).isShortLived {
            lines.append("\(key.name) in the environment of this step, until it ends")
        }
        for key in session.provider?.stepFiles.fileVariables ?? [] {
            guard let path = context.environment[key], let found = try? linesWithToken(path), !found.isEmpty else {
                continue
            }
            lines.append("a token in \(key.name), which the provider hands to later steps")
        }
        return lines
    }
}

extension Secret? {
    /// Whether the secret begins like a token that the Hub gives for an ID token.
    fileprivate var isShortLived: Bool {
        switch self {
        case .none: return false
        case .some(let secret): return secret.reveal { HubToken.Kind(in: $0) != nil }
        }
    }
}
