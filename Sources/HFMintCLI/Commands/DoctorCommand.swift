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
            "With --migrate [PATH] it looks at no job, but at the workflow files of the repository in that folder, and"
                + " prints the diff that takes a stored token out and puts the exchange in. --write applies it. A file"
                + " of which it is not sure is named and left alone: exit status 6.",
            "With --fleet it asks the Hub which rights the credentials of the manifest's fleet lack, for which resource.",
        ],
        options: [.expect, .suggest, .migrate, .write, .migratedResource, .fleetRights] + Option.policy
            + [.allowUntrustedEvent] + Option.identity + [.stateDirectory]
            + Option.reporting,
        examples: [
            Example("is anything wrong?", "hfmint doctor acme/model"),
            Example(
                "which claim is not what the publisher pins?",
                "hfmint doctor acme/model --expect repository=acme/training --expect branch=main"),
            Example("what to type into the Hub's form", "hfmint doctor acme/model --suggest"),
            Example("take HF_TOKEN out of this repository's workflows", "hfmint doctor --migrate | git apply"),
        ],
        run: diagnosis)

    private static func diagnosis(_ call: Call) throws(MintError) -> Report {
        let arguments = call.arguments
        guard !arguments.has(.migrate) else { return try MigrateMode(call).run() }
        guard !arguments.has(.fleetRights) else { return try FleetDoctorMode.run(call) }
        for option in [Option.write, .migratedResource] where arguments.has(option) {
            throw .usage("--\(option.name) belongs to --migrate", hint: "see `hfmint help doctor`")
        }
        guard arguments.operands.count <= 1 else {
            throw .usage("doctor takes one resource", hint: "ask for one after the other")
        }
        let examiner = Examiner(try Examination.Question(call), audit: call.audit, in: call.context)
        let diagnosis = Diagnosis(try examiner.examine(), suggests: arguments.has(.suggest))
        return Report(
            lines: diagnosis.lines(onlyProblems: arguments.has(.quiet)), json: diagnosis.json,
            failures: diagnosis.failure.map { [$0] } ?? [])
    }
}

extension Examination.Question {
    /// Begins `doctor`: a mistake on the command line is thrown; one in a variable or the manifest becomes a finding.
    init(_ call: Call) throws(MintError) {
        let (arguments, context) = (call.arguments, call.context)
        self.init()
        resource = arguments.operands.first
        expectations = try Expectation.parse(arguments.values(.expect))
        allowsUntrustedEvent = arguments.has(.allowUntrustedEvent)
        stateDirectory = arguments.value(.stateDirectory)
        timeLimit = try arguments.timeLimit()
        do throws(MintError) {
            authority = .success(try arguments.authority(in: context.environment))
        } catch {
            guard error.code != .usage || !arguments.has(.audience) else { throw error }
            authority = .failure(error)
        }
        detected = Provider.allDetected(in: context.job)
        do throws(MintError) {
            gate = try call.openGate(on: detected.first).map { .success($0) }
        } catch {
            guard error.code == .manifestInvalid else { throw error }
            gate = .failure(error)
        }
        source = arguments.idTokenSource
        provider = try Provider.chosen(source.provider, else: detected.first)
    }
}

extension Option {
    static let expect = Option(
        "expect", "CLAIM=VALUE", repeats: true, help: "what the Trusted Publisher pins; once for each claim")
    static let migrate = Option(
        "migrate", help: "print the diff that takes a stored token out of a repository's workflows")
    static let write = Option("write", help: "with --migrate: change the files")
    static let migratedResource = Option(
        "resource", "RESOURCE", help: "with --migrate: what the token is for, where a workflow does not say it")
    static let suggest = Option(
        "suggest", help: "print what to enter at the Hub for this job, and what its CI file needs")
}
