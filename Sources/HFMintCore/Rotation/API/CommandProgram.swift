/// A program by its absolute path, without a shell, that is asked through stdin and answers on stdout.
///
/// Secrets travel through those two alone; its stderr is hfmint's, so what it says there must hold none.
struct CommandProgram {
    private let name: String
    private let words: [String]
    private let timeLimit: Duration
    private let context: Context

    /// - Parameter name: which place of the manifest runs it, for messages.
    init(_ name: String, words: [String], timeLimit: Duration, context: Context) {
        self.name = name
        self.words = words
        self.timeLimit = timeLimit
        self.context = context
    }

    var path: String { words.first ?? "" }

    /// Runs it once, and returns what it printed.
    ///
    /// - Parameter operation: what it is asked to do, for messages.
    /// - Throws: where its end leaves open whether it has acted, ``StepFailure/Kind/ambiguous`` for what acts once, and a
    ///   failure that passes for everything else.
    func run(
        _ operation: String, _ input: SharedSecret, effect: API.Effect
    ) throws(StepFailure) -> Secret {
        do throws(ProcessFailure) {
            return try output(input)
        } catch {
            throw failure(error, operation, effect)
        }
    }

    /// Runs it once, and reads its answer as JSON; an answer that `body` cannot read says nothing about what was done.
    func ask<Result>(
        _ operation: String, _ request: [TextOrToken], effect: API.Effect,
        _ body: (JSONNode, Span<UInt8>) -> Result?
    ) throws(StepFailure) -> Result {
        let output = try run(operation, SharedSecret(Secret(joining: request)), effect: effect)
        let answer = output.reveal { text -> Result? in
            (try? readJSON(text, limits: .answer)).flatMap { body($0, text) }
        }
        guard let answer else { throw step(effect.whenUnknown, operation, "gave an answer that is none") }
        return answer
    }

    /// Runs it once, and returns what it printed.
    func output(_ input: SharedSecret) throws(ProcessFailure) -> Secret {
        try context.processes.output(of: command(input))
    }

    func failure(_ failure: ProcessFailure, _ operation: String, _ effect: API.Effect) -> StepFailure {
        let kind: StepFailure.Kind =
            switch failure.meaning {
            case .refused, .notStarted: .refused
            case .later: .transient(retryAfterSeconds: nil)
            case .unknown: effect.whenUnknown
            }
        return step(kind, operation, failure.predicate(of: command()))
    }

    private func command(_ input: SharedSecret? = nil) -> ChildCommand {
        ChildCommand(words, input: input, timeLimit: timeLimit)
    }

    private func step(_ kind: StepFailure.Kind, _ operation: String, _ why: String) -> StepFailure {
        StepFailure(kind, "\(name): \(operation): '\(path)' \(why)")
    }
}

extension API.Effect {
    /// What to do where nobody knows whether it has acted.
    fileprivate var whenUnknown: StepFailure.Kind {
        switch self {
        case .once: .ambiguous
        case .repeatable: .transient(retryAfterSeconds: nil)
        }
    }
}
