/// A program by its absolute path, without a shell, that is asked through stdin and answers on stdout.
///
/// Secrets travel through those two alone; its stderr is hfmint's, so what it says there must hold none.
struct CommandProgram {
    private let name: String
    private let words: [String]
    private let milliseconds: Int
    private let context: Context

    init(_ name: String, words: [String], milliseconds: Int, context: Context) {
        self.name = name
        self.words = words
        self.milliseconds = milliseconds
        self.context = context
    }

    var path: String { words.first ?? "" }

    /// "Try again later" in sysexits.h: nothing happened.
    private static let temporaryFailure = 75

    /// Runs it once, and reads its answer as JSON.
    ///
    /// Exit 0 is an answer, 1 a refusal with nothing done, 75 the same for now. Everything else is no answer: if the
    /// operation acts once, it may have acted.
    func ask<Result>(
        _ request: [TextOrToken], effect: API.Effect, _ body: (JSONNode, Span<UInt8>) -> Result?
    ) throws(StepFailure) -> Result {
        let unknown: StepFailure.Kind = effect == .once ? .ambiguous : .transient(retryAfterSeconds: nil)
        let result = try run(SharedSecret(Secret(joining: request)), unknown: unknown)
        switch result.status {
        case 0: break
        case 1: throw StepFailure(.refused, "\(name): '\(path)' refused (exit 1)")
        case Self.temporaryFailure:
            throw StepFailure(.transient(retryAfterSeconds: nil), "\(name): '\(path)' asks to come back (exit 75)")
        default: throw StepFailure(unknown, "\(name): '\(path)' ended with exit status \(result.status)")
        }
        let answer = result.output.reveal { text -> Result? in
            (try? readJSON(text, limits: .answer)).flatMap { body($0, text) }
        }
        guard let answer else { throw StepFailure(unknown, "\(name): '\(path)' gave an answer that is none") }
        return answer
    }

    /// Its exit status, whatever it printed.
    func status(input: SharedSecret) throws(StepFailure) -> Int {
        try run(input, unknown: .transient(retryAfterSeconds: nil)).status
    }

    private func run(_ input: SharedSecret, unknown: StepFailure.Kind) throws(StepFailure) -> ChildResult {
        do throws(ProcessFailure) {
            return try context.processes.run(ChildCommand(words, input: input, milliseconds: milliseconds))
        } catch {
            switch error {
            case .notFound: throw StepFailure(.refused, "\(name): there is no program '\(path)'")
            case .cannotStart(let reason):
                throw StepFailure(.refused, "\(name): '\(path)' cannot be started: \(reason)")
            case .cannotStartNow(let reason):
                throw StepFailure(
                    .transient(retryAfterSeconds: nil), "\(name): '\(path)' cannot be started: \(reason)")
            case .outOfSight: throw StepFailure(unknown, "\(name): '\(path)': \(error.clause)")
            case .timedOut: throw StepFailure(unknown, "\(name): '\(path)' took longer than \(milliseconds / 1_000) s")
            case .tooMuchOutput: throw StepFailure(unknown, "\(name): '\(path)' printed more than an answer")
            }
        }
    }
}
