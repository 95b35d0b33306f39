@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("issuer command")
struct CommandIssuerTests {
    private static let words = ["/opt/rotate", "--client"]

    private static func manifest(_ more: String) -> String {
        #"{kind: "command", command: ["/opt/rotate", "--client"], client: "billing \"x\"", shape: "separate"\#(more)}"#
    }

    private func command(
        _ more: String = "", _ endings: ScriptedProcesses.Ending...
    ) throws -> (any Issuer, ScriptedProcesses) {
        let processes = ScriptedProcesses(endings.map { (Self.words, $0) })
        let machine = FakeMachine(RotationFixtures.environment(), processes: processes)
        return (try RotationFixtures.issuer(Self.manifest(more), on: machine), processes)
    }

    private func input(_ processes: ScriptedProcesses) -> String? {
        processes.started.last?.input?.secret.revealedText()
    }

    @Test("is of the shape that the manifest declares")
    func nature() throws {
        let (plain, _) = try command()
        #expect(plain.succession == .separate(limit: nil) && !plain.isReadable && !plain.takesChosenValue)
        #expect(plain.target == #"billing "x" by /opt/rotate"#)
        let (rich, _) = try command(", limit: 3, readable: true, takesValue: true")
        #expect(rich.succession == .separate(limit: 3) && rich.isReadable && rich.takesChosenValue)
    }

    @Test("asks on stdin, with no secret in its arguments, and reads the list on stdout")
    func survey() throws {
        let digest = String(repeating: "aB", count: 32)
        let (command, processes) = try command(
            ", showsDeath: false, timeout: \"5s\"",
            .exit(
                0,
                #"{"secrets":[{"id":"a","marker":"hfmint:demo:3","active":false,"#
                    + #""expiresAt":"1970-01-01T01:00:00+01:00","sha256":"\#(digest)"},{"id":"b","marker":"mine"}],"#
                    + #""date":"1970-01-01T00:00:01.9Z"}"# + "\n"))
        let survey = try command.survey()
        #expect(
            survey.secrets == [
                ListedSecret(
                    id: "a", marker: "hfmint:demo:3", isActive: false,
                    expiresAt: Timestamp(secondsSince1970: 0), sha256: digest.lowercased()), ListedSecret(id: "b"),
            ])
        #expect(survey.date == Timestamp(secondsSince1970: 1) && !survey.showsDeath)
        #expect(input(processes) == #"{"hfmint":1,"operation":"survey","client":"billing \"x\""}"#)
        #expect(processes.started.map(\.timeLimit) == [.seconds(5)])
    }

    @Test("hands over a chosen value, and takes a value that the program made")
    func create() throws {
        let (chooses, processes) = try command(", takesValue: true", .exit(0, #"{"id":"n"}"#))
        #expect(try chooses.create(RotationFixtures.creation("chosen\"")).value.secret.revealedText() == "chosen\"")
        #expect(
            input(processes) == #"{"hfmint":1,"operation":"create","client":"billing \"x\"","#
                + #""marker":"hfmint:demo:3","value":"chosen\u0022"}"#)
        let (makes, _) = try command("", .exit(0, #"{"id":"n","value":"SENTINEL","expiresAt":"2030-01-01T00:00:00Z"}"#))
        let created = try makes.create(RotationFixtures.creation("not used"))
        #expect(created.value.secret.revealedText() == "SENTINEL")
        #expect(created.expiresAt == Timestamp(secondsSince1970: 1_893_456_000))
    }

    @Test("reads, deactivates and deletes by id")
    func others() throws {
        let (command, processes) = try command(
            ", readable: true", .exit(0, #"{"value":"SENTINEL"}"#), .exit(0, #"{"value":null}"#),
            .exit(0, #"{"deactivated":false}"#), .exit(0, "{}"))
        #expect(try command.read("a")?.revealedText() == "SENTINEL")
        #expect(try command.read("a") == nil)
        #expect(try !command.deactivate("a"))
        try command.delete("a\"")
        #expect(input(processes) == #"{"hfmint":1,"operation":"delete","client":"billing \"x\"","id":"a\""}"#)
        #expect(try self.command().0.read("a") == nil)
    }

    /// What becomes of a survey, and of a creation.
    private func kinds(_ end: ProgramEnding) -> (survey: StepFailure.Kind, create: StepFailure.Kind) {
        let again = StepFailure.Kind.transient(retryAfterSeconds: nil)
        return switch end.meaning {
        case .refused, .notStarted: (.refused, .refused)
        case .later: (again, again)
        case .unknown: (again, .ambiguous)
        }
    }

    @Test(
        "its end has the one meaning, and what leaves open whether a secret was made is asked",
        arguments: ProgramEnding.all)
    func endings(end: ProgramEnding) throws {
        let (command, _) = try command("", end.ending, end.ending, end.ending, end.ending)
        let kinds = kinds(end)
        let failures = [
            try RotationFixtures.failure { _ = try command.survey() },
            try RotationFixtures.failure { _ = try command.create(RotationFixtures.creation()) },
            try RotationFixtures.failure { _ = try command.deactivate("a") },
            try RotationFixtures.failure { try command.delete("a") },
        ]
        #expect(
            failures == [
                StepFailure(kinds.survey, "command:billing \"x\": survey: '/opt/rotate' \(end)"),
                StepFailure(kinds.create, "command:billing \"x\": create: '/opt/rotate' \(end)"),
                StepFailure(kinds.survey, "command:billing \"x\": deactivate: '/opt/rotate' \(end)"),
                StepFailure(kinds.survey, "command:billing \"x\": delete: '/opt/rotate' \(end)"),
            ])
    }

    @Test(
        "an answer that is none leaves open what was done",
        arguments: ["SENTINEL", #"{"id":"SENTINEL","secrets":[{}]}"#])
    func noAnswer(output: String) throws {
        let (command, _) = try command("", .exit(0, output), .exit(0, output))
        let failures = [
            try RotationFixtures.failure { _ = try command.survey() },
            try RotationFixtures.failure { _ = try command.create(RotationFixtures.creation()) },
        ]
        #expect(failures.map(\.kind) == [.transient(retryAfterSeconds: nil), .ambiguous])
        #expect(failures.allSatisfy { !$0.message.contains(RotationFixtures.sentinel) })
    }

    @Test(
        "is checked before it is made",
        arguments: [
            (#"{kind: "command", command: ["rotate"], client: "x", shape: "separate"}"#, "by an absolute path"),
            (
                #"{kind: "command", command: ["/r"], client: "x", shape: "stacked", limit: 2}"#,
                "'limit' is for separate secrets"
            ),
            (
                #"{kind: "command", command: ["/r"], client: "x", shape: "stacked", timeout: "11m"}"#,
                "'timeout' is 1s to 10m"
            ),
        ])
    func checks(manifest: String, complaint: String) throws {
        #expect(try RotationFixtures.complaints(manifest).map { $0.hasSuffix(complaint) } == [true])
    }
}
