internal import HFMintCore

extension Option {
    static let journalDirectory = Option(
        "journal-dir", "DIR",
        help: "where rotations are remembered (default: HFMINT_JOURNAL_DIR, else ~/.local/state/hfmint/rotations)")

    static let rotating: [Option] = [manifest, journalDirectory] + reporting
}

extension Environment.Key {
    fileprivate static let journalDirectory: Self = "HFMINT_JOURNAL_DIR"
}

/// The start of the `rotate` commands, except `schedule` and `runbook`: the manifest's rotations, and their journal.
///
/// A command makes a session, which reads the manifest, and asks it for the ``Rotations``, which opens the journal.
/// HFMintCore then does the work, and the command tells the outcome: `rotate run`, `now`, `supply` and `resume` by
/// ``report(_:problem:)``, `plan` by a `RotationPlan`, `status` by a ``RotationStatus``. `InspectionWords` and
/// `SinkSightWords` say what was seen at issuers and sinks, and ``RotateCommandLine`` says what to type next.
///
/// No command of this folder decides when or whether a step is taken, and none prints a secret.
struct RotateSession {
    let definitions: [RotationDefinition]
    /// What to type next about the same rotations.
    let command: RotateCommandLine
    private let call: Call
    private var context: Context { call.context }

    /// - Parameter asksServers: whether issuers and sinks will be asked. If so, the proxy is checked first.
    init(_ call: Call, asksServers: Bool = true) throws(MintError) {
        if asksServers { try call.context.checkProxy() }
        let provider = Provider.detected(in: call.context.job)
        try self.init(call, of: call.openManifest(at: call.manifestPath(), on: provider))
    }

    /// Takes the rotations of a manifest that is open already.
    init(_ call: Call, of manifest: Manifest) throws(MintError) {
        self.call = call
        command = RotateCommandLine(call.arguments)
        definitions = try manifest.rotations(in: call.context)
    }

    /// Returns the rotations with their journal.
    ///
    /// - Parameter making: whether a journal that is not there is made.
    /// - Throws: ``MintError/Code/stateUnusable`` if there is no journal, or it cannot be used.
    func rotations(making: Bool = false) throws(MintError) -> Rotations {
        let path = try journalPath()
        try refuseVolatile(DirectoryCandidate(path: path, in: context.files.workingDirectory).path)
        let opened: (any PrivateDirectory)?
        do throws(FileFailure) {
            opened = try context.openStateDirectory(path, making: making)
        } catch {
            throw Self.notRemembered(
                error, "name a directory that is yours alone (0700) with --journal-dir or HFMINT_JOURNAL_DIR")
        }
        guard let opened else {
            throw Self.notRemembered(
                FileFailure(path, "there is no such directory"),
                "make the journal once, on the machine that will rotate: \(command("init"))")
        }
        call.audit.keep(in: opened.path)
        return Rotations(definitions, in: opened, audit: call.audit, context: context)
    }

    private static func notRemembered(_ failure: FileFailure, _ hint: String) -> MintError {
        MintError(.stateUnusable, "rotations are not remembered in '\(failure.path)': \(failure.reason)", hint: hint)
    }

    private func journalPath() throws(MintError) -> String {
        let environment = context.environment
        if let given = call.arguments.value(.journalDirectory) ?? environment[.journalDirectory] { return given }
        guard let path = environment.defaultStateDirectory("rotations") else {
            throw MintError(
                .stateUnusable, "HOME is not set, so there is no default place for the journal",
                hint: "name one with --journal-dir or HFMINT_JOURNAL_DIR")
        }
        return path
    }

    /// Refuses a folder that ends with the job: a rotation that is forgotten half-way is an outage.
    private func refuseVolatile(_ path: String) throws(MintError) {
        guard let reason = context.willVanish(path) else { return }
        throw MintError(
            .stateUnusable, "rotations cannot be remembered in '\(path)': \(reason)",
            hint: "rotate from a machine of your own, or keep --journal-dir on a volume that stays")
    }

    /// Says which rotations are under way and not in the manifest: nobody would retire their old secrets.
    func noteForgotten(_ forgotten: [(name: String, state: RotationState)]) {
        for (name, state) in forgotten {
            let phase = state.isRunning ? state.phase.rawValue : "about to begin"
            context.note(
                "'\(name)' is under way (\(phase)), and this manifest has no such rotation: unless another one"
                    + " has it, put it back until it is done, or until `\(command("abandon", name))`")
        }
    }

    /// Returns the definition of the rotation that the first operand names.
    func definition() throws(MintError) -> RotationDefinition {
        let names = definitions.map(\.name)
        guard let name = call.arguments.operands.first else {
            throw .usage("no rotation was named", hint: "the manifest has \(names.joined(separator: ", "))")
        }
        guard let definition = definitions.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
            throw .usage(
                "the manifest has no rotation '\(name)'",
                hint: didYouMean(name, among: names, ignoringCase: true)
                    ?? "it has \(names.joined(separator: ", "))")
        }
        return definition
    }

    /// Returns a report on several rotations; the most urgent failure decides the exit status.
    ///
    /// - Parameter problem: returns what failed; by default, ``Rotations/RunResult/failure(_:)``.
    func report(_ results: [Rotations.RunResult], problem: ((Rotations.RunResult) -> MintError?)? = nil) -> Report {
        let failures = results.compactMap(problem ?? { $0.failure(command) }).sorted { left, right in
            left.code.exitStatus.rank < right.code.exitStatus.rank
        }
        return Report(
            lines: results.isEmpty ? ["the manifest has no rotations"] : results.map { $0.line(command).printable },
            json: ["rotations": .array(results.map(\.json))], failures: failures)
    }
}

extension MintError.ExitStatus {
    /// The place among the failures of several rotations; the most urgent has 0.
    fileprivate var rank: Int {
        switch self {
        case .bug: 0
        case .localState: 1
        case .personNeeded: 2
        case .denied: 3
        case .retryLater: 4
        case .usage: 5
        case .success: 6
        }
    }
}

extension Rotations.RunResult {
    /// Returns the line of a report; ``failure(_:)`` says why the rotation stopped.
    func line(_ command: RotateCommandLine) -> String {
        switch stop {
        case .finished: "done       \(name)\(state.leftovers(overlaps: overlaps))"
        case .notDue(let until?): "not due    \(name): next \(until.rfc3339)"
        case .notDue(nil): "not due    \(name): it has no schedule; `\(command("now", name))`"
        case .waiting(let until, let reason): "waiting    \(name): \(reason); again from \(until.rfc3339)"
        case .retrying(let from, _): "retrying   \(name): again from \(from.rfc3339)"
        case .attention(let attention): "attention  \(name): \(attention.reason.rawValue)"
        case .busy: "busy       \(name): another process works on it"
        case .failed: "failed     \(name)"
        case .unrecorded: "waiting    \(name): its next act must be recorded first"
        }
    }

    /// Returns what failed, with what to type next, or nil.
    func failure(_ command: RotateCommandLine) -> MintError? {
        switch stop {
        case .finished, .notDue, .waiting, .busy: nil
        case .retrying(let from, let reason):
            MintError(
                .serviceUnavailable, "\(name): \(reason)",
                hint: "nothing to do: `\(command("run"))` tries again from \(from.rfc3339)")
        case .attention(let attention):
            MintError(.rotationAttention, "\(name): \(attention.message)", hint: attention.hint(for: name, command))
        case .failed(let reason): .damagedJournal("\(name): \(reason)")
        case .unrecorded(let reason):
            MintError(
                .auditUnavailable, "\(name): \(reason)",
                hint:
                    "the manifest says audit.required: the next act is not done; mend it, and `\(command("run"))` goes on"
            )
        }
    }

    var json: JSONValue {
        let (outcome, facts): (String, [(String, String?)]) =
            switch stop {
            case .finished: ("done", [])
            case .notDue(let until): ("not-due", [("until", until?.rfc3339)])
            case .waiting(let until, let reason): ("waiting", [("until", until.rfc3339), ("reason", reason)])
            case .retrying(let from, let reason): ("retrying", [("from", from.rfc3339), ("reason", reason)])
            case .attention(let attention):
                ("attention", [("attention", attention.reason.rawValue), ("reason", attention.message)])
            case .busy: ("busy", [])
            case .unrecorded(let reason): ("unrecorded", [("reason", reason)])
            case .failed(let reason): ("failed", [("reason", reason)])
            }
        let start: [(String, String?)] = [("name", name), ("phase", state.phase.rawValue), ("outcome", outcome)]
        return .object((start + facts).map { .init($0, .string($1)) })
    }
}

extension RotationState {
    /// Returns what a finished run did not do, as the end of its line.
    fileprivate func leftovers(overlaps: Bool) -> String {
        var clauses: [String] = []
        let unconfirmed = delivery.sinks.filter { $0.evidence == nil }.map(\.target)
        if !unconfirmed.isEmpty { clauses.append("without the new secret: \(unconfirmed.joined(separator: ", "))") }
        if overlaps, predecessor.id == nil { clauses.append("no old secret was known, and none is retired") }
        let strangers = ids.strangers.joined(separator: ", ")
        if !strangers.isEmpty { clauses.append("not ours, and left alone: \(strangers)") }
        return clauses.isEmpty ? "" : ": " + clauses.joined(separator: "; ")
    }
}

extension MintError {
    /// Returns the error for one rotation whose journal cannot be used, while the others go on.
    static func damagedJournal(_ message: String) -> MintError {
        MintError(.stateUnusable, message, hint: "hfmint help rotate runbook journal says what to type")
    }
}

extension Attention {
    /// Returns what to read and to type next.
    func hint(for rotation: String, _ command: RotateCommandLine) -> String {
        hint(for: rotation) { command($0, $1) }
    }
}
