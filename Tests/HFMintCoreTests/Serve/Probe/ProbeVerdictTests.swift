import HFMintCore
import HFMintTesting
import Testing

@Suite("probe verdict")
struct ProbeVerdictTests {
    private static let token = "hf_" + String(repeating: "a", count: 34)

    private func answer(_ status: Int, _ headers: [String] = [], body: String = "", ticket: String? = nil)
        -> ProbeAnswer
    {
        let head = (["HTTP/1.1 \(status) x"] + headers + ["", ""]).joined(separator: "\r\n")
        return ProbeAnswer(
            HTTPResponse(status: status, body: Secret(body), head: Secret(head)),
            ticket: ticket.map { SharedSecret(Secret($0)) })
    }

    private func verdict(
        _ answer: ProbeAnswer, expecting expectation: Attack.Expectation = .refused, _ family: Attack.Family = .path,
        refusal: ProbeAnswer? = nil
    ) -> String {
        var attack = Attack("x", family, "/x")
        attack.expectation = expectation
        let baseline = ProbeBaseline(
            refusal: refusal ?? self.answer(401, ["X-Error-Code: identity-needed", "X-Request-Id: 1"]),
            allowed: self.answer(200, ["X-Repo-Commit: 0", "X-Upstream: 1", "Server: x", "X-Request-Id: 2"]))
        return ProbeVerdict(answer, to: attack, knowing: baseline).key
    }

    @Test("holds what hfmint refuses, and what the web server refuses by itself")
    func held() {
        #expect(verdict(answer(401, ["X-Error-Code: identity-needed"])) == "held")
        #expect(verdict(answer(403, ["x-error-code:not-granted", "X-Request-Id: 3"])) == "held")
        for status in [400, 403, 404, 405, 413, 414, 431] { #expect(verdict(answer(status)) == "held") }
        #expect(verdict(answer(400), .token) == "held")
        #expect(verdict(answer(401), .token) == "held")
    }

    @Test("finds what got through", arguments: [101, 200, 204, 206, 302, 307, 308])
    func through(status: Int) {
        #expect(verdict(answer(status)) == "through")
        #expect(verdict(answer(status, ["X-Error-Code: identity-needed"])) == "through")
    }

    @Test(
        "knows the Hub by its answers, whatever they say",
        arguments: [
            "X-Error-Code: RepoNotFound", "X-Powered-By: huggingface-moon", "X-Request-Id: Root=1-2",
            "X-Repo-Commit: 0", "x-upstream: 2",
        ])
    func hub(header: String) {
        for status in [400, 401, 403, 404, 500] { #expect(verdict(answer(status, [header])) == "through") }
        #expect(verdict(answer(401, [header]), expecting: .unchanged) == "through")
        #expect(verdict(answer(404, [header]), expecting: .notRelayed) == "through")
    }

    @Test("does not take the front door's own headers for the Hub's")
    func ownHeaders() {
        #expect(verdict(answer(404, ["X-Request-Id: 5", "Server: x"])) == "held")
        let refusal = answer(401, ["X-Error-Code: identity-needed", "X-Upstream: always"])
        #expect(verdict(answer(404, ["X-Upstream: always"]), refusal: refusal) == "held")
    }

    @Test("never calls held what cannot be told")
    func unclear() {
        for status in [402, 429, 500, 502, 503, 504] { #expect(verdict(answer(status)) == "unclear") }
        // This front door marks its refusals, and this one has no mark.
        #expect(verdict(answer(401)) == "unclear")
        #expect(verdict(answer(401), refusal: answer(401)) == "held")
        #expect(verdict(answer(502), expecting: .notRelayed) == "unclear")
    }

    @Test("finds what a client's header changed")
    func unchanged() {
        #expect(verdict(answer(200), expecting: .unchanged) == "held")
        #expect(verdict(answer(403, ["X-Error-Code: not-granted"]), expecting: .unchanged) == "held")
        #expect(verdict(answer(400), expecting: .unchanged) == "held")
        #expect(verdict(answer(401), expecting: .unchanged) == "through")
        #expect(verdict(answer(404), expecting: .unchanged) == "through")
        #expect(verdict(answer(401), expecting: .unchanged, refusal: answer(401)) == "unclear")
    }

    @Test("takes a page of the server's own for no relay")
    func notRelayed() {
        for status in [200, 301, 400, 405] { #expect(verdict(answer(status), expecting: .notRelayed) == "held") }
    }

    @Test("finds a credential in any answer")
    func leaks() {
        let refused = ["X-Error-Code: identity-needed"]
        #expect(verdict(answer(401, refused + ["X-Hfmint-Authorization: Bearer x"])) == "through")
        #expect(verdict(answer(401, refused + ["Set-Cookie: a=\(Self.token)"])) == "through")
        #expect(verdict(answer(403, refused, body: "a \(Self.token) b")) == "through")
        #expect(verdict(answer(403, refused, body: "hf_jwt_aaaaaaaaaaaa")) == "through")
        #expect(verdict(answer(200, body: Self.token), expecting: .unchanged) == "through")
        #expect(verdict(answer(401, refused, body: "?t=hf_ticket_x.y", ticket: "hf_ticket_x.y")) == "through")
        #expect(
            verdict(answer(401, refused, body: "hf_hub_url hf_transfer HF_TOKEN hf_", ticket: "hf_ticket_x.y"))
                == "held")
    }

    @Test("does not take an echo of its own token for a leak")
    func echo() throws {
        let sent = try #require(
            allAttacks(on: AttackTests.subject()).first { $0.name == "Hub token in place of a ticket" })
        guard case .nonsense(let value) = sent.credential else {
            Issue.record("the attack sends no nonsense")
            return
        }
        #expect(verdict(answer(403, ["X-Error-Code: not-granted"], body: value)) == "held")
    }
}
