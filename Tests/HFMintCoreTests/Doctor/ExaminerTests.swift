import HFMintCore
import HFMintTesting
import Testing

@Suite("examiner")
struct ExaminerTests {
    private static let git = (
        [
            "/bin/sh", "-c",
            "trap '' XFSZ; unset GIT_CONFIG; export HOME='/dev/null'; export XDG_CONFIG_HOME='/dev/null';"
                + " export GIT_CONFIG_GLOBAL='/dev/null'; export GIT_CONFIG_NOSYSTEM='1'; export GIT_CONFIG_COUNT='0';"
                + " exec git \"$@\" 2>/dev/null", "git", "--version",
        ],
        ScriptedProcesses.Ending.exit(127, "")
    )

    private func examine(_ question: Examination.Question, _ machine: FakeMachine) throws -> Examination {
        try Examiner(question, audit: machine.audit, in: machine.context).examine()
    }

    private func machine(
        _ environment: Environment, _ script: [ScriptedTransport.Exchange]
    ) -> FakeMachine {
        FakeMachine(
            environment, transport: ScriptedTransport(script), processes: ScriptedProcesses([Self.git]))
    }

    @Test("asks the Hub for its time and git for its version, and no more, without a resource")
    func withoutResource() throws {
        let token = unsignedJWT(TestExamination.claims)
        let machine = machine(["HF_OIDC_ID_TOKEN": token], [.answer("HEAD https://huggingface.co/")])
        let examination = try examine(Examination.Question(), machine)
        #expect(machine.transport.left == [])
        #expect(examination.git == nil)
        #expect(examination.knownClaims?["repository"] == "acme/training")
        #expect(machine.files.acts == [])
    }

    @Test(
        "sends nothing that cannot work",
        arguments: [
            (["aud": "https://other.example"], "the ID token is for another audience"),
            (["exp": 1_000_000_000], "the ID token has expired"),
        ] as [([String: ClaimValue], String)])
    func sendsNothing(changes: [String: ClaimValue], reason: String) throws {
        let token = unsignedJWT(TestExamination.claims.merging(changes) { _, new in new })
        // It is over by both clocks only where the Hub tells the time.
        let date = ["date": "Sat, 21 Nov 2026 03:04:05 GMT"]
        let machine = machine(
            ["HF_OIDC_ID_TOKEN": token], [.answer("HEAD https://huggingface.co/", headers: date)])
        var question = Examination.Question()
        question.resource = "acme/model"
        guard case .notTried(reason) = try examine(question, machine).exchange else {
            Issue.record("an exchange was tried")
            return
        }
        #expect(machine.transport.sent.count == 1)
    }

    @Test("tries the token at its own routes, to read and to write, and sends the ID token there never")
    func probes() throws {
        let token = unsignedJWT(TestExamination.claims)
        let answer =
            #"{"access_token":"hf_jwt_0123456789","token_type":"bearer","expires_in":3600}"#
        let check = "https://huggingface.co/api/datasets/acme/data/auth-check"
        let machine = machine(
            ["HF_OIDC_ID_TOKEN": token],
            [
                .answer("HEAD https://huggingface.co/"),
                .answer("POST https://huggingface.co/oauth/token", 200, answer),
                .answer("GET \(check)"), .answer("GET \(check)/write", 403),
            ])
        var question = Examination.Question()
        question.resource = "datasets/acme/data"
        guard case .granted(let tried) = try examine(question, machine).exchange, tried.kind == .repository else {
            Issue.record("no token was granted")
            return
        }
        #expect(tried.read == TokenTrial.Answer(200) && tried.write == TokenTrial.Answer(403))
        let proofs = machine.transport.sent.map(\.credential)
        #expect(proofs == [nil, nil] + Array(repeating: "Authorization: Bearer hf_jwt_0123456789", count: 2))
    }

    @Test("throws for slips of the command line alone")
    func usage() throws {
        var question = Examination.Question()
        question.source = IDTokenSource.Options(file: "a", command: "b")
        #expect(throws: MintError.self) { try examine(question, machine([:], [])) }
    }
}
