/// A user's program, which is run by its absolute path without a shell, reads stdin and answers on stdout.
///
/// Secrets travel through those two alone. The program shares hfmint's stderr, and must write no secret there.
struct CommandProgram {
    /// The part of the manifest that runs it, for messages.
    let name: String
    let words: [String]
    let timeLimit: Duration
    let context: Context

    var path: String { words.first ?? "" }

    /// Runs the program once, and returns its stdout.
    ///
    /// - Parameter operation: the operation that it is asked for, for messages.
    /// - Throws: a failure by its exit status. If that leaves open whether it has acted, the failure is
    ///   ``StepFailure/Kind/ambiguous`` for an operation that acts once, and transient for any other.
    func run(_ operation: String, _ input: SharedSecret, effect: API.Effect) throws(StepFailure) -> Secret {
        do throws(ProcessFailure) {
            return try output(input)
        } catch {
            throw failure(error, operation, effect)
        }
    }

    /// Runs the program once, and returns what `body` reads in its JSON.
    ///
    /// - Throws: as ``run(_:_:effect:)``. An answer that `body` cannot read leaves open whether the program has acted.
    func ask<Result>(
        _ operation: String, _ request: JSONValue, effect: API.Effect,
        _ body: (JSONNode, Span<UInt8>) -> Result?
    ) throws(StepFailure) -> Result {
        let output = try run(operation, SharedSecret(request.rendered()), effect: effect)
        let answer = output.reveal { text -> Result? in
            (try? readJSON(text, limits: .answer)).flatMap { body($0, text) }
        }
        guard let answer else { throw failure(effect.whenUnknown, operation, "gave an answer that is none") }
        return answer
    }

    /// Runs the program once, and returns its stdout.
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
        return self.failure(kind, operation, failure.predicate(of: command()))
    }

    private func command(_ input: SharedSecret? = nil) -> ChildCommand {
        ChildCommand(words, input: input, timeLimit: timeLimit)
    }

    private func failure(_ kind: StepFailure.Kind, _ operation: String, _ why: String) -> StepFailure {
        StepFailure(kind, "\(name): \(operation): '\(path)' \(why)")
    }
}

extension API.Effect {
    /// The kind of failure where nobody knows whether the call has acted.
    fileprivate var whenUnknown: StepFailure.Kind {
        switch self {
        case .once: .ambiguous
        case .repeatable: .transient(retryAfterSeconds: nil)
        }
    }
}
