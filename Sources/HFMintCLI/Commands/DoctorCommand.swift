internal import HFMintCore

extension Command {
    package static let doctor = Command(
        name: "doctor",
        summary: "find out why it does not work, and what to do about it",
        operands: "[RESOURCE]",
        description: [
            "Looks at all that an exchange depends on: which CI system this is, the ID token and its claims, the way to"
                + " the Hub, what lies about in the environment, in files and in git's configuration. Each line is [ok],"
                + " [warn], [fail] or [skip], and those that warn or fail say what to do next. Exit status 3 if"
                + " something fails. With --quiet, only the lines that warn or fail.",
            "With a RESOURCE it makes a fresh exchange, tries what the token may do, and throws it away. It revokes"
                + " nothing, delivers nothing, and writes no file.",
            "With --manifest it says which grant lets this job have which role, or in which claim it differs from the nearest"
                + " one, and warns where the Hub gives more than the role is meant for.",
            "With --expect it compares the ID token with what the Trusted Publisher pins, byte by byte. `branch` and"
                + " `workflow` are understood as the Hub's form means them.",
        ],
        options: [.expect, .suggest] + Option.policy + [.allowUntrustedEvent] + Option.identity + [.stateDirectory]
            + Option.reporting,
        examples: [
            Example("is anything wrong?", "hfmint doctor acme/model"),
            Example(
                "which claim is not what the publisher pins?",
                "hfmint doctor acme/model --expect repository=acme/training --expect branch=main"),
            Example("what to type into the Hub's form", "hfmint doctor acme/model --suggest"),
        ],
        run: { call throws(MintError) in try DoctorCommand(call).run() })
}

extension Option {
    fileprivate static let expect = Option(
        "expect", "CLAIM=VALUE", repeats: true, help: "what the Trusted Publisher pins; once for each claim")
    fileprivate static let suggest = Option(
        "suggest", help: "print what to enter at the Hub for this job, and what its CI file needs")
}

private struct DoctorCommand {
    private let call: Call
    private let arguments: Arguments
    private let context: Context

    init(_ call: Call) {
        self.call = call
        arguments = call.arguments
        context = call.context
    }

    func run() throws(MintError) -> Report {
        let examination = try Examiner(try question(), audit: call.audit, in: context).examine(try authority())
        let diagnosis = Diagnosis(examination, suggests: arguments.has(.suggest))
        return Report(
            lines: diagnosis.lines(onlyProblems: arguments.has(.quiet)), json: diagnosis.json,
            failures: diagnosis.failure.map { [$0] } ?? [])
    }

    private func question() throws(MintError) -> Examination.Question {
        guard arguments.operands.count <= 1 else {
            throw .usage("doctor takes one resource", hint: "ask for one after the other")
        }
        var question = Examination.Question()
        question.resource = arguments.operands.first
        question.expectations = try Expectation.parse(arguments.values(.expect))
        question.allowsUntrustedEvent = arguments.has(.allowUntrustedEvent)
        question.stateDirectory = arguments.value(.stateDirectory)
        question.source = arguments.idTokenSource
        question.gate = try gate()
        question.deadlineSeconds = try arguments.deadlineSeconds()
        return question
    }

    /// A slip of the command line is an error; what the manifest says is a finding.
    private func gate() throws(MintError) -> Result<Gate, MintError>? {
        do throws(MintError) {
            guard let gate = try call.openGate() else { return nil }
            if let role = gate.role { _ = try gate.policy.requiredRole(role) }
            return .success(gate)
        } catch {
            guard error.code == .manifestInvalid else { throw error }
            return .failure(error)
        }
    }

    /// A slip of the command line is an error; what variables say is a finding.
    private func authority() throws(MintError) -> Result<Authority, MintError> {
        do throws(MintError) {
            return .success(try arguments.authority(in: context.environment))
        } catch {
            guard error.code != .usage || !arguments.has(.audience) else { throw error }
            return .failure(error)
        }
    }
}
