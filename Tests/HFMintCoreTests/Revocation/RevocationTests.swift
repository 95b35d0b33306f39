import HFMintCore
import HFMintTesting
import Testing

@Suite("revocation")
struct RevocationTests {
    private static let check = "GET https://huggingface.co/api/models/acme/model/auth-check"
    private static let whoAmI = "GET https://huggingface.co/api/whoami-v2"
    private static let submit = "POST https://huggingface.co/api/credentials/revoke"

    private func observation(
        _ machine: FakeMachine, token: String = "hf_jwt_0123456789"
    ) throws -> Revocation.Observation {
        let revocation = Revocation(
            endpoint: .huggingFace, resource: try Resource(parsing: "acme/model", endpoint: .huggingFace),
            timeLimit: .seconds(30), context: machine.context)
        let secret = Secret(token)
        return try revocation.report(secret)
    }

    @Test("calls a token dead that the Hub took before the report, and did not know twice after")
    func dead() throws {
        let machine = FakeMachine(
            [:],
            script: [
                .answer(Self.check), .answer(Self.submit, 202), .answer(Self.check, 401), .answer(Self.check),
                .answer(Self.check, 401), .answer(Self.check, 401),
            ])
        #expect(try observation(machine) == .dead)
        #expect(machine.transport.left == [])
        #expect(machine.transport.sent[1].body == #"{"credentials":["hf_jwt_0123456789"]}"#)
    }

    @Test(
        "claims no more than that the report was accepted, if the token was unknown, the Hub silent, or the token lives",
        arguments: [
            [.answer(check, 401), .answer(whoAmI, 401), .answer(submit, 202)],
            [.failure(check, .timeout), .answer(submit, 202)],
            [
                .answer(check), .answer(submit, 202), .answer(check), .answer(check), .answer(check), .answer(check),
                .answer(check),
            ],
        ] as [[ScriptedTransport.Exchange]])
    func accepted(script: [ScriptedTransport.Exchange]) throws {
        let machine = FakeMachine([:], script: script)
        #expect(try observation(machine) == .accepted)
        #expect(machine.transport.left == [])
    }

    @Test("reports again after a passing trouble, and not after a refusal")
    func tries() throws {
        let unknown = [ScriptedTransport.Exchange.answer(Self.check, 401), .answer(Self.whoAmI, 401)]
        let passing = FakeMachine([:], script: unknown + [.answer(Self.submit, 503), .answer(Self.submit, 202)])
        #expect(try observation(passing) == .accepted)
        let refusing = FakeMachine([:], script: unknown + [.answer(Self.submit, 400)])
        let error = #expect(throws: MintError.self) { try observation(refusing) }
        #expect(error?.code == .exchangeRejected)
        #expect(error?.message == "huggingface.co did not take the report (400)")
    }

    @Test("asks nobody about a token that is too long for the Hub's route")
    func tooLong() throws {
        let machine = FakeMachine()
        let token = "hf_" + String(repeating: "a", count: LeakReport.longestToken)
        #expect(try observation(machine, token: token) == .cannotBeRevoked)
    }
}
