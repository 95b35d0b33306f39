import HFMintCore
import HFMintTesting
import Testing

@Suite("trials of a token")
struct TokenTrialTests {
    private func answer(_ trial: TokenTrial?, _ exchange: ScriptedTransport.Exchange) throws -> TokenTrial.Answer {
        let machine = FakeMachine([:], script: [exchange])
        let answer = try #require(trial).answer(
            to: Secret("hf_oauth_0123456789"), at: .huggingFace, limits: .default, in: machine.context)
        #expect(machine.transport.left == [])
        #expect(machine.transport.sent.map(\.credential) == ["Authorization: Bearer hf_oauth_0123456789"])
        return answer
    }

    @Test(
        "ask each kind of repository at a route of its own, to read and to write",
        arguments: [
            ("acme/model", "models/acme/model", true), ("datasets/acme/data", "datasets/acme/data", true),
            ("spaces/acme/demo", "spaces/acme/demo", true), ("kernels/acme/fast", "kernels/acme/fast", false),
            ("buckets/acme/store", "buckets/acme/store", false),
        ])
    func routes(name: String, place: String, isDocumented: Bool) throws {
        let resource = try Resource(parsing: name, endpoint: .huggingFace)
        let check = "GET https://huggingface.co/api/\(place)/auth-check"
        let read = try answer(TokenTrial.authCheck(resource), .answer(check))
        let write = try answer(TokenTrial.authCheck(resource, writes: true), .answer("\(check)/write", 403))
        #expect(read == TokenTrial.Answer(200, isDocumented: isDocumented))
        #expect(write == TokenTrial.Answer(403, isDocumented: isDocumented))
    }

    @Test("ask whose a user's token is")
    func user() throws {
        let user = try Resource(parsing: "acme-bot", endpoint: .huggingFace)
        #expect(TokenTrial.authCheck(user) == nil)
        #expect(try answer(.whoAmI, .answer("GET https://huggingface.co/api/whoami-v2", 401)).isUnknown)
    }

    @Test("hear nothing in a web page, whatever its status")
    func page() throws {
        for status in [200, 401, 403, 404] {
            let answer = try answer(
                .whoAmI, .answer("GET https://huggingface.co/api/whoami-v2", status, "<!doctype html><p>log in"))
            #expect(!answer.isTaken && !answer.isRefused && !answer.isUnknown)
        }
    }

    @Test("take a 404 and a 401 for a no only where the Hub documents the route")
    func documented() {
        for status in [401, 404] {
            #expect(TokenTrial.Answer(status).isRefused)
            #expect(!TokenTrial.Answer(status, isDocumented: false).isRefused)
        }
        #expect(TokenTrial.Answer(403, isDocumented: false).isRefused)
        #expect(!TokenTrial.Answer(0).isRefused && !TokenTrial.Answer(500).isRefused)
    }

    @Test("tell a token that died from one that may not do this")
    func unknown() {
        #expect([200, 401, 403, 404, 500, 0].filter { TokenTrial.Answer($0, isDocumented: false).isUnknown } == [401])
    }
}
