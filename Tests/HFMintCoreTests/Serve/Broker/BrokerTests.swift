@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("broker")
struct BrokerTests {
    @Test("gives huggingface_hub a ticket, as the Hub gives a token")
    func ticket() throws {
        let scene = try BrokerScene()
        let seen = scene.ask()
        #expect(seen.outcome == "200" && seen["token_type"] == "bearer" && seen.lifetime == 600)
        #expect(seen["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token")
        #expect(seen["scope"] == nil && seen["error"] == nil)
        #expect(seen.header(.contentType) == "application/json" && seen.header(.cacheControl) == "no-store")
        #expect(seen.header(.requestID) == "req-1" && seen.header(.challenge) == nil)
        guard let answer = PublisherExchange.answer(Secret(seen.body)) else {
            Issue.record("`hfmint exchange` does not take the answer")
            return
        }
        #expect(answer.lifetimeSeconds == 600)

        let ticket = try scene.ticket(seen)
        #expect(ticket.id == "0123456789abcdef0123456789abcdef" && ticket.role == nil)
        #expect(ticket.resource == (try TestPolicy.resource("acme/model")))
        #expect(ticket.issuedAt == FrozenClock.usualNow && ticket.expiresAt == FrozenClock.usualNow + 600)
        #expect(ticket.claims == (try testClaims(BrokerScene.claims())))

        let record = try #require(scene.world.value.records.first)
        #expect(scene.world.value.records.count == 1 && record.kind == .ticketIssued && record.decision == .allowed)
        #expect(record.actor == .init(issuer: BrokerScene.issuer, subject: "repo:acme/training", verified: .hfmint))
        #expect(record.resource == "acme/model" && record.requestID == "req-1" && record.role == nil)
        let sha256 = try TestDigests().sha256(Secret(try #require(seen["access_token"]))).hexadecimal
        #expect(record.tokenSHA256 == sha256 && record.expiresAt == ticket.expiresAt)
        #expect(record.reason == "ticket=\(ticket.id) grant=grants[0], grants[1] peer=192.0.2.7")
        #expect(scene.world.value.asked.isEmpty)
    }

    @Test(
        "narrows a ticket to a role, under either name",
        arguments: ["scope=reader", "role=reader", "scope=reader&role=reader"])
    func role(parameter: String) throws {
        let scene = try BrokerScene()
        let body =
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"
            + "&subject_token=\(BrokerScene.idToken())&subject_token_type=urn:ietf:params:oauth:token-type:jwt&\(parameter)"
        let seen = scene.answer(BrokerScene.request(body, type: "application/x-www-form-urlencoded; charset=UTF-8"))
        #expect(seen.outcome == "200" && seen["scope"] == "reader")
        let ticket = try scene.ticket(seen)
        #expect(ticket.role == "reader" && ticket.resource == nil)
        #expect(scene.world.value.records.map(\.role) == ["reader"])
    }

    @Test(
        "gives what is asked for where a grant gives it",
        arguments: [
            ("", "200"), (#","resource":"acme""#, "200"),
            (#","resource":"https://hub.acme.example/acme/model""#, "200"),
            (#","resource":"datasets/acme/data""#, "200"), (#","resource":"datasets/acme/other""#, "400 not-covered"),
            (#","resource":"nobody""#, "400 not-covered"), (#","resource":"other/model""#, "400 other-claims"),
            (#","resource":"other""#, "400 other-claims"), (#","resource":"unused/model""#, "400 not-granted"),
            (#","role":"publisher","resource":"acme/model""#, "200"), (#","role":"publisher""#, "200"),
            (#","role":"publisher","resource":"acme/third""#, "400 not-covered"),
            (#","role":"stranger""#, "400 other-claims"), (#","role":"unused""#, "400 not-granted"),
            (#","role":"nobody""#, "400 not-covered"), (#","role":"Reader""#, "400 not-covered"),
        ])
    func granted(more: String, expected: String) throws {
        let scene = try BrokerScene()
        let seen = scene.ask([:], more)
        let code = seen.header(.errorCode)
        #expect([String(seen.status), code].compactMap(\.self).joined(separator: " ") == expected)
        #expect(seen["error"] == (code == nil ? nil : "invalid_grant"))
        #expect(scene.requests.isEmpty == (seen.status != 200))
    }

    @Test(
        "asks nobody for somebody whom no grant means, and tells strangers no claim",
        arguments: [
            (["iss": "https://evil.example"], "issuer-unknown"), (["iss": nil], "issuer-unknown"),
            (["iss": ["https://issuer.example"]], "issuer-unknown"),
            (["iss": "https://issuer.example/"], "issuer-unknown"),
            (["iss": "https://x@issuer.example"], "issuer-unknown"), (["repository": "acme/else"], "other-claims"),
            (["repository": ["acme/training"]], "other-claims"), (["repository": nil], "other-claims"),
        ] as [([String: ClaimValue?], String)])
    func strangers(changes: [String: ClaimValue?], code: String) throws {
        let scene = try BrokerScene([])
        let seen = scene.ask(changes)
        #expect(seen.outcome == "400 invalid_grant" && seen.header(.errorCode) == code)
        #expect(seen["error_description"]?.hasPrefix("\(code): ") == true)
        for word in ["acme/training", "refs/heads/main", "secret-project", "publisher"] {
            #expect(!seen.body.contains(word))
        }
        #expect(scene.requests.isEmpty)
        let record = try #require(scene.world.value.records.first)
        #expect(record.kind == .ticketRefused && record.decision == .denied && record.actor?.verified != .hfmint)
        #expect(record.reason?.hasPrefix("code=\(code) peer=192.0.2.7 words=") == true)
        #expect(code != "other-claims" || record.reason?.contains("repository must be 'acme/training'") == true)
    }

    @Test("tells a caller whose token is genuine which claims the nearest grant wants, and nothing of other grants")
    func believed() throws {
        let scene = try BrokerScene()
        #expect(scene.ask().outcome == "200")
        let seen = scene.ask(
            ["ref": "refs/heads/x", "jti": "2"], #","resource":"acme/model","role":"publisher""#)
        #expect(seen.outcome == "400 invalid_grant")
        #expect(
            seen["error_description"]
                == "other-claims: ref must be 'refs/heads/main', and the ID token has 'refs/heads/x'")
        #expect(HubRefusal(HTTPResponse(status: 400, body: Secret(seen.body))).description == seen["error_description"])
        #expect(!seen.body.contains("secret-project"))
        // Forged, or for somebody else: a stranger again.
        for changes in [["aud": "https://huggingface.co"], ["exp": .integer(BrokerScene.now - 60)]]
            as [[String: ClaimValue]]
        {
            let stranger = scene.ask(
                changes.merging(["ref": "refs/heads/x"]) { $1 }.mapValues { $0 }, #","role":"publisher""#)
            #expect(stranger.header(.errorCode) == "other-claims" && !stranger.body.contains("refs/heads/main"))
        }
        let forged = BrokerScene.json(BrokerScene.idToken(["ref": "x"]) + "A", #","role":"publisher""#)
        #expect(!scene.answer(BrokerScene.request(forged)).body.contains("refs/heads/main"))
        #expect(scene.requests.count == 2)
    }

    @Test(
        "gives nothing for an ID token that it does not believe",
        arguments: [
            (["aud": "https://huggingface.co"], "is for another audience"),
            (["aud": ["https://hub.acme.example", "https://huggingface.co"]], "is for several audiences"),
            (["exp": .integer(BrokerScene.now - 60)], "expired 60 s ago"),
            (["iat": .integer(BrokerScene.now + 61)], "was issued 61 s from now"),
            (["nbf": .integer(BrokerScene.now + 61)], "is not valid for another 61 s"), (["exp": nil], "its 'exp'"),
        ] as [([String: ClaimValue?], String)])
    func claims(changes: [String: ClaimValue?], words: String) throws {
        let scene = try BrokerScene()
        let seen = scene.ask(changes)
        #expect(seen.outcome == "400 invalid_grant" && seen.header(.errorCode) == "identity-unverified")
        #expect(seen["error_description"]?.contains(words) == true)
        #expect(scene.world.value.records.map(\.kind) == [.ticketRefused])
    }

    @Test(
        "gives nothing for a token with another header or signature",
        arguments: [
            #"{"alg":"none"}"#, #"{"alg":"HS256","kid":"r"}"#, #"{"alg":"ES256","kid":"r"}"#,
            #"{"alg":"RS256","kid":"r","jku":"https://evil.example"}"#, #"{"alg":"RS256","kid":"r","jwk":{}}"#,
            #"{"alg":"RS256","kid":"r","x5u":"https://evil.example"}"#, #"{"alg":"RS256"}"#,
            #"{"alg":"RS256","kid":"r","typ":"at+jwt"}"#,
        ])
    func headers(header: String) throws {
        let scene = try BrokerScene()
        let seen = scene.answer(BrokerScene.request(BrokerScene.json(BrokerScene.idToken(header: header))))
        #expect(seen.outcome == "400 invalid_grant" && seen.header(.errorCode) == "identity-unverified")
        #expect(!scene.requests.contains { $0.contains("evil") })
    }

    @Test("gives nothing for a forged signature, and nothing for a claim that stands there twice")
    func forged() throws {
        let scene = try BrokerScene(BrokerScene.keys(of: BrokerScene.issuer) + BrokerScene.keys(of: BrokerScene.issuer))
        let right = BrokerScene.idToken()
        let wrong = right.split(separator: ".").dropLast().joined(separator: ".") + ".AAAA"
        #expect(scene.answer(BrokerScene.request(BrokerScene.json(wrong))).header(.errorCode) == "identity-unverified")
        let twice = unsignedJWT(json: #"{"iss":"https://issuer.example","sub":"a","sub":"b"}"#)
        let seen = scene.answer(BrokerScene.request(BrokerScene.json(twice)))
        #expect(seen.outcome == "400 invalid_request" && seen.header(.errorCode) == "identity-unsuitable")
        #expect(scene.answer(BrokerScene.request(BrokerScene.json(right))).outcome == "200")
    }

    @Test("asks to come back where the issuer does not answer, and does not count the ID token as used")
    func issuerDown() throws {
        let scene = try BrokerScene(
            [.answer(BrokerScene.document(of: BrokerScene.issuer), 429, "", headers: ["retry-after": "17"])]
                + BrokerScene.keys(of: BrokerScene.issuer))
        let seen = scene.ask()
        #expect(seen.outcome == "503 temporarily_unavailable" && seen.header(.retryAfter) == "17")
        #expect(seen.header(.errorCode) == "identity-unavailable" && !seen.body.contains("issuer.example"))
        #expect(scene.world.value.records.map(\.decision) == [.failed])
        #expect(scene.ask().outcome == "200")
    }

    @Test("takes an ID token once, and as often as the manifest says for the same")
    func replay() throws {
        let scene = try BrokerScene(
            BrokerScene.keys(of: BrokerScene.issuer) + BrokerScene.keys(of: BrokerScene.otherIssuer))
        #expect(scene.ask().outcome == "200")
        let again = scene.ask()
        #expect(again.outcome == "400 invalid_grant" && again.header(.errorCode) == "token-used")
        #expect(again["error_description"] == "token-used: this ID token was used already")
        #expect(scene.ask(["jti": "2"]).outcome == "200")

        let changes: [String: ClaimValue?] = ["iss": .string(BrokerScene.otherIssuer), "project_path": "acme/training"]
        #expect(scene.ask(changes).outcome == "200")
        #expect(scene.ask(changes).outcome == "200")
        #expect(scene.ask(changes, #","resource":"acme/other""#).header(.errorCode) == "token-used")
        #expect(scene.ask(changes, #","resource":"acme/model","role":"reader""#).header(.errorCode) == "token-used")
        #expect(scene.ask(changes).outcome == "200")
        #expect(scene.ask(changes).header(.errorCode) == "token-used")
    }

    @Test("hands out nothing that was not recorded")
    func unrecorded() throws {
        let scene = try BrokerScene()
        scene.world.change { $0.recordFailure = MintError(.auditUnavailable, "/var/log/audit is full") }
        for changes in [[:], ["repository": "x"]] as [[String: ClaimValue?]] {
            let seen = scene.ask(changes)
            #expect(seen.outcome == "503 temporarily_unavailable" && seen.header(.retryAfter) == "5")
            #expect(seen.header(.errorCode) == "audit-unavailable" && seen["access_token"] == nil)
            #expect(!seen.body.contains("hf_") && !seen.body.contains("/var/log"))
        }
        #expect(scene.world.value.records.count == 2)
        scene.world.change { $0.recordFailure = nil }
        #expect(scene.ask().outcome == "200", "nothing was handed out, so the ID token is as good as before")
        #expect(scene.ask().outcome == "400 invalid_grant")
    }

    @Test("refuses those whom the list names, before their issuer is asked")
    func denied() throws {
        let scene = try BrokerScene([])
        let digest = try scene.machine.context.digests.sha256(Secret(BrokerScene.idToken())).hexadecimal
        for named in ["repo:acme/training", digest] {
            scene.world.change { $0.denied = named }
            let seen = scene.ask()
            #expect(seen.outcome == "400 invalid_grant" && seen.header(.errorCode) == "subject-denied")
        }
    }

    @Test("says that claims do not fit into a ticket")
    func largeClaims() throws {
        let seen = try BrokerScene().ask(["groups": .string(String(repeating: "g", count: 6_000))])
        #expect(seen.outcome == "400 invalid_grant" && seen.header(.errorCode) == "claims-too-large")
    }

    @Test(
        "quotes no secret in an answer or a record", arguments: ["", #","resource":"other/model""#, #","resource":"#])
    func secrets(more: String) throws {
        let scene = try BrokerScene()
        let idToken = BrokerScene.idToken()
        let seen = scene.answer(BrokerScene.request(BrokerScene.json(idToken, more)))
        #expect(!seen.body.contains(idToken))
        let record = try #require(scene.world.value.records.first)
        #expect(!"\(record)".contains(idToken) && !"\(record)".contains("hf_ticket"))
    }
}
