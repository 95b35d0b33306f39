@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("token endpoint")
struct TokenEndpointTests {
    private static let ticket = "hf_ticket_e30.\(String(repeating: "A", count: 43))"

    private func token(of endpoint: String) throws -> HubToken {
        let machine = FakeMachine([:], script: [.answer("POST \(endpoint)/oauth/token", 200, granted(Self.ticket))])
        let tokens = TokenEndpoint(
            authority: try Authority(endpointOption: endpoint, audienceOption: endpoint, environment: [:]),
            provider: nil, deadline: machine.clock.uptime() + .seconds(30), context: machine.context)
        return try tokens.token(
            for: try #require(try TestPolicy.resource("acme/model")),
            by: try IDToken.parse(Secret(unsignedJWT(["iss": "i"]))), remembering: nil)
    }

    @Test("takes a ticket of a front door")
    func frontDoor() throws {
        let token = try token(of: "https://hub.acme.example")
        #expect(token.kind == .ticket && token.bearer.secret.revealedText() == Self.ticket)
    }

    @Test("takes no ticket for an answer of the Hub")
    func hub() {
        let error = #expect(throws: MintError.self) { try token(of: "https://huggingface.co") }
        #expect(error?.code == .answerInvalid)
    }
}
