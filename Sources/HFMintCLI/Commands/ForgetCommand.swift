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
        run: { call throws(MintError) in try ForgetCommand(call).run() })
}

private struct ForgetCommand {
    private let context: Context
    private let session: EndSession

    init(_ call: Call) throws(MintError) {
        context = call.context
        session = try EndSession(call)
    }

    func run() -> Report {
        var removed: [String] = []
        var remaining: [String] = []
        for directory in session.directory.existing(in: context) {
            let copies = erasedCopies(in: directory)
            removed += copies.removed
            remaining += copies.remaining
            let back = GitTakeBack(directory, in: context)
            removed += back.removed
            remaining += back.remaining
            let before = directory.names
            do throws(FileFailure) {
                removed += try directory.erase(keeping: copies.isKept) {
                    remaining.append("'\($0.path)': \($0.reason)")
                }
            } catch {
                let after = directory.names
                removed += before.filter { !after.contains($0) }.map { "\(directory.path)/\($0)" }
                remaining.append("'\(error.path)': \(error.reason)")
            }
        }
        remaining += beyondReach()
        record(removed.count)
        let lines = removed.map { "removed  \($0.printable)" } + remaining.map { "remains  \($0.printable)" }
        return Report(
            lines: lines.isEmpty ? ["this job has no tokens here"] : lines,
            json: [
                "removed": .array(removed.map { .string($0) }), "remaining": .array(remaining.map { .string($0) }),
            ])
    }

    /// Records what was done, but does not fail a job that succeeded.
    private func record(_ count: Int) {
        do throws(MintError) {
            try session.record(AuditEvent(.tokenForgotten, reason: "\(count) \(count == 1 ? "file" : "files") removed"))
        } catch {
            context.note(error.message)
        }
    }

    /// What happened to the copies that are noted in a directory.
    private struct Copies {
        var removed: [String] = []
        var remaining: [String] = []
        /// The notes of copies that may still be there, which stay for the next call.
        private var notes: Set<String> = []
        /// Whether the notes could not be listed, so that all stay.
        private var areNotesUnknown = false

        func isKept(_ name: String) -> Bool { notes.contains(name) || areNotesUnknown && UserCopy.isNote(name) }

        mutating func keep(_ copy: UserCopy, _ failure: FileFailure) {
            notes.insert(copy.noteName)
            let reason = "\(failure.reason); `hfmint forget` tries it again"
            let line = "'\(failure.path)': \(reason)"
            if !remaining.contains(line) { remaining.append(line) }
        }

        mutating func keepNote(_ failure: FileFailure, in directory: String) {
            let name = FilePath(failure.path).name
            if failure.path.utf8.elementsEqual(directory.utf8) { areNotesUnknown = true } else { notes.insert(name) }
            remaining.append("what '\(failure.path)' named as a copy, which could not be read: \(failure.reason)")
        }
    }

    private func erasedCopies(in directory: any PrivateDirectory) -> Copies {
        var copies = Copies()
        let all = UserCopy.all(in: directory) { copies.keepNote($0, in: directory.path) }
        let byPath = Dictionary(grouping: all) { Array($0.path.utf8) }
        for (_, noted) in byPath.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            erase(noted, at: noted[0].path, directory, &copies)
        }
        return copies
    }

    /// Erases what was delivered at one path.
    ///
    /// - Parameter noted: the notes of that path; all but one of the copies may be gone already.
    private func erase(
        _ noted: [UserCopy], at path: String, _ directory: any PrivateDirectory, _ copies: inout Copies
    ) {
        let marks = UserCopies(of: path, in: directory)
        var endings: [UserFileErasure] = []
        for copy in noted {
            do throws(FileFailure) {
                endings.append(try context.files.eraseUserFile(path, copy.mark, marks: marks))
            } catch {
                copies.keep(copy, error)
            }
        }
        if endings.contains(.erased) { copies.removed.append(path) }
        if endings.contains(.emptied) { copies.removed.append("what was delivered in '\(path)', which is empty again") }
        guard !endings.contains(.erased), !endings.contains(.emptied) else { return }
        let held = heldTokens(path)
        if endings.contains(.changed) {
            copies.remaining.append("'\(path)': it was changed since hfmint wrote it\(held)")
        } else if endings.contains(.another), !held.isEmpty {
            copies.remaining.append("'\(path)': hfmint did not make what is there now\(held)")
        }
    }

    /// Returns the end of a line about a file that stays: which of its lines hold a token.
    private func heldTokens(_ path: String) -> String {
        do throws(FileFailure) {
            let lines = try linesWithToken(path)
            return lines.isEmpty ? "" : "; a token is in \(lines): delete that"
        } catch {
            return "; whether a token is in it could not be seen: \(error.reason)"
        }
    }

    /// Returns the numbers of the lines that hold a short-lived token, such as `lines 2, 5`; empty if no line does.
    private func linesWithToken(_ path: String) throws(FileFailure) -> String {
        if let facts = context.files.facts(of: path), facts.kind != .regular { return "" }
        guard let file = try context.files.read(path, limit: 1 << 20) else { return "" }
        let numbers = file.reveal { text in
            var numbers: [Int] = []
            var line = 1
            for index in text.indices {
                if text[index] == ASCII.lineFeed { line += 1 }
                if numbers.last != line, HubToken.Kind(in: text, at: index) != nil { numbers.append(line) }
            }
            return numbers
        }
        guard !numbers.isEmpty else { return "" }
        return (numbers.count == 1 ? "line " : "lines ") + numbers.map { "\($0)" }.joined(separator: ", ")
    }

    /// Returns a line for each token that no program can take back.
    private func beyondReach() -> [String] {
        var lines: [String] = []
        for key in [Environment.Key.hfToken, .legacyHubToken] where context.environment.secret(key).isShortLived {
            lines.append("\(key.name) in the environment of this step, until it ends")
        }
        for key in session.provider?.stepFiles.fileVariables ?? [] where holdsToken(key) {
            lines.append("a token in \(key.name), which the provider hands to later steps")
        }
        return lines
    }

    private func holdsToken(_ key: Environment.Key) -> Bool {
        guard let path = context.environment[key], let file = try? context.files.read(path, limit: 1 << 20) else {
            return false
        }
        return file.reveal { text in text.indices.contains { HubToken.Kind(in: text, at: $0) != nil } }
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
