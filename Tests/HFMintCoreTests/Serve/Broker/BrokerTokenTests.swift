@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("broker that hands out tokens of the Hub")
struct BrokerTokenTests {
    private func outcome(
        _ changes: [String: ClaimValue?] = [:], _ more: String
    ) throws -> (token: String?, asked: [String], code: String?) {
        let scene = try BrokerScene(delivery: "token")
        let seen = scene.ask(changes, more)
        return (seen["access_token"], scene.world.value.asked, seen.header(.errorCode))
    }

    @Test("hands out the one of the strongest role, of a credential that opens nothing that is not granted")
    func credential() throws {
        let main = try outcome([:], #","resource":"acme/model""#)
        #expect(main.token == "hf_of_WRITE" && main.asked == ["WRITE"] && main.code == nil)
        let reader = try outcome([:], #","resource":"acme/model","role":"reader""#)
        #expect(reader.token == "hf_of_READ")
        let branch = try outcome(["ref": "refs/heads/x"], #","resource":"acme/model""#)
        #expect(branch.token == "hf_of_READ")
        // What is granted for reading is in no credential that opens no more: WIDE opens Spaces, too.
        let third = try outcome([:], #","resource":"acme/third""#)
        #expect(third.token == nil && third.asked.isEmpty && third.code == "no-credential")
        let other = try outcome([:], #","resource":"acme/other","role":"publisher""#)
        #expect(other.token == nil && other.code == "no-credential")
    }

    @Test("wants one resource", arguments: ["", #","role":"reader""#])
    func resource(more: String) throws {
        let found = try outcome([:], more)
        #expect(found.token == nil && found.asked.isEmpty && found.code == "request-malformed")
    }

    @Test("answers and records as for a ticket")
    func answer() throws {
        let scene = try BrokerScene(delivery: "token")
        let seen = scene.ask()
        #expect(seen["token_type"] == "bearer" && seen.lifetime == Broker.tokenLifetime)
        let record = try #require(scene.world.value.records.first)
        #expect(record.kind == .ticketIssued && record.actor?.verified == .hfmint)
        #expect(record.reason == "credential=serve.credentials[3] grant=grants[0], grants[1] peer=192.0.2.7")
        #expect(record.tokenSHA256 == (try TestDigests().sha256(Secret("hf_of_WRITE"))).hexadecimal)
        #expect(scene.ask().header(.errorCode) == "token-used")
    }

    @Test("asks to come back where the Hub gives none, says nothing of it, and does not count the ID token as used")
    func upstream() throws {
        let scene = try BrokerScene(delivery: "token")
        scene.world.change {
            $0.upstreamFailure = MintError(
                .exchangeRejected, "the Hub knows no ci@acme.example", isTransient: true, retryAfterSeconds: 9)
        }
        let seen = scene.ask()
        #expect(seen.outcome == "503 temporarily_unavailable" && seen.header(.retryAfter) == "9")
        #expect(seen.header(.errorCode) == "exchange-rejected" && !seen.body.contains("ci@acme"))
        #expect(scene.world.value.records.first?.reason?.contains("ci@acme.example") == true)
        scene.world.change { $0.upstreamFailure = nil }
        #expect(scene.ask().outcome == "200")
    }

    @Test("asks the Hub for nobody whose ID token is not believed")
    func unbelieved() throws {
        let found = try outcome(["aud": "https://huggingface.co"], #","resource":"acme/model""#)
        #expect(found.token == nil && found.asked.isEmpty && found.code == "identity-unverified")
    }
}
