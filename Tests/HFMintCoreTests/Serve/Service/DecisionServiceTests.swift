@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("decision service")
struct DecisionServiceTests {
    @Test("sends the credential upstream that the ticket's role has")
    func allowed() throws {
        let scene = try ServiceScene()
        let ticket = try scene.ticket()
        #expect(scene.outcome(ticket: ticket) == "200 hf_reads0123")
        #expect(scene.outcome("POST", ServiceScene.commit, ticket: ticket) == "200 hf_writes0123")
        let seen = try #require(scene.ask("POST", ServiceScene.commit, authorization: "Bearer \(ticket)"))
        #expect(seen.header(.role) == "publisher" && seen.header(.actor) == "repo:acme/training")
        #expect(scene.outcome("POST", ServiceScene.commit, ticket: try scene.ticket(ref: "dev")) == "403 other-claims")
    }

    @Test("sends nothing upstream for what anybody may read")
    func anonymous() throws {
        let scene = try ServiceScene()
        #expect(scene.outcome("GET", "/acme/open/resolve/main/x") == "200")
        #expect(scene.outcome("POST", "/api/complete_multipart?signature=x") == "200")
        #expect(scene.outcome("POST", "/api/models/acme/open/commit/main") == "401 identity-needed")
    }

    @Test("asks for a credential as the client knows it")
    func challenge() throws {
        let scene = try ServiceScene()
        #expect(scene.ask()?.header(.challenge) == "Bearer")
        for path in ["info/refs?service=git-upload-pack", "info/lfs/objects/batch"] {
            let method = path.hasPrefix("info/refs") ? "GET" : "POST"
            let seen = try #require(scene.ask(method, "/acme/model.git/\(path)"))
            #expect(seen.header(.challenge)?.hasPrefix("Basic ") == true && seen.status == 401)
        }
        #expect(
            scene.ask(authorization: "Bearer x")?.header(.errorMessage) == "Invalid credentials in Authorization header"
        )
    }

    @Test("takes a ticket as a bearer token or as a password, and nothing else")
    func schemes() throws {
        let scene = try ServiceScene()
        let ticket = try scene.ticket()
        func basic(_ pair: String) -> String { "Basic " + Secret(pair).base64Encoded().revealedText() }
        for good in ["Bearer \(ticket)", "bearer \(ticket)", basic("user:\(ticket)"), basic(":\(ticket)")] {
            #expect(scene.ask(authorization: good)?.status == 200, "\(good.prefix(6))")
        }
        let faults = [
            ticket, "Bearer", "Bearer ", "Bearer  \(ticket)", "Bearer \(ticket), Bearer \(ticket)", "Token \(ticket)",
            basic(ticket), basic("\(ticket):"), basic("\(ticket):x"), "Basic \(ticket)", "Bearer \(ticket)\u{0}",
            "Bearer hf_reads0123", "Bearer hf_ticket_", "Bearer a.b.c",
        ]
        for bad in faults { #expect(scene.outcomeCode(bad) == "401 credential-unknown", "\(bad.prefix(12))") }
    }

    @Test("lets a ticket go no further than what it was given for")
    func narrowed() throws {
        let scene = try ServiceScene()
        let one = try scene.ticket(resource: "acme/model")
        #expect(scene.outcome(ticket: one) == "200 hf_reads0123")
        #expect(scene.outcome("GET", "/acme/other/resolve/main/x", ticket: one) == "403 ticket-for-other")
        let all = try scene.ticket(resource: "acme")
        #expect(scene.outcome("GET", "/acme/other/resolve/main/x", ticket: all) == "200 hf_reads0123")
        let reader = try scene.ticket(role: "reader")
        #expect(scene.outcome(ticket: reader) == "200 hf_reads0123")
        #expect(scene.outcome("POST", ServiceScene.commit, ticket: reader)?.hasPrefix("403 ") == true)
    }

    @Test("forgets a ticket when it ends, also where it is remembered")
    func expiry() throws {
        let scene = try ServiceScene()
        let ticket = try scene.ticket(lifetime: 60)
        #expect(scene.outcome(ticket: ticket) == "200 hf_reads0123")
        scene.machine.clock.advance(by: .seconds(59))
        #expect(scene.outcome(ticket: ticket) == "200 hf_reads0123")
        scene.machine.clock.advance(by: .seconds(1))
        #expect(scene.outcome(ticket: ticket) == "401 credential-expired")
    }

    @Test("takes no ticket from a time to come, also where it is remembered", arguments: [true, false])
    func clockPutBack(isRemembered: Bool) throws {
        let scene = try ServiceScene()
        let ticket = try scene.ticket()
        if isRemembered { #expect(scene.outcome(ticket: ticket) == "200 hf_reads0123") }
        scene.machine.clock.set(to: ServiceScene.now + -61)
        #expect(scene.outcome(ticket: ticket) == "401 credential-expired")
        scene.machine.clock.set(to: ServiceScene.now + -60)
        #expect(scene.outcome(ticket: ticket) == "200 hf_reads0123")
    }

    @Test("believes no ticket under a key that is not, or not any more, among its own")
    func keys() throws {
        let scene = try ServiceScene()
        let old = try scene.ticket()
        let new = try scene.ticket(key: ServiceScene.otherKey)
        #expect(scene.outcome(ticket: new) == "401 credential-unknown")
        #expect(scene.outcome(ticket: old) == "200 hf_reads0123")
        scene.machine.files.put("/keys", "\(ServiceScene.otherKey)\n\(ServiceScene.key)\n")
        scene.service.reloadTicketKeys()
        #expect(scene.outcome(ticket: new) == "200 hf_reads0123")
        #expect(scene.outcome(ticket: old) == "200 hf_reads0123")
        scene.machine.files.put("/keys", "\(ServiceScene.otherKey)\n")
        scene.service.reloadTicketKeys()
        #expect(scene.outcome(ticket: old) == "401 credential-unknown")
        scene.machine.files.put("/keys", "short\n")
        scene.service.reloadTicketKeys()
        #expect(scene.outcome(ticket: new) == "200 hf_reads0123")
        #expect(scene.readiness.hasPrefix("503 a key of tickets in '/keys' has 5 bytes"))
    }

    @Test("obeys the deny list, and keeps the last one that it could read")
    func denied() throws {
        let scene = try ServiceScene("deny: 'file:/deny',", files: ["/keys": ServiceScene.key, "/deny": ""])
        let ticket = try scene.ticket()
        #expect(scene.outcome(ticket: ticket) == "200 hf_reads0123")
        scene.machine.files.put("/deny", #"{"iss":"https://issuer.example","sub":"repo:acme/training"}"#)
        scene.service.reloadDenyList()
        #expect(scene.outcome(ticket: ticket) == "403 on-deny-list")
        for text in ["{", nil] {
            scene.machine.files.put("/deny", text)
            scene.service.reloadDenyList()
            #expect(scene.outcome(ticket: ticket) == "403 on-deny-list")
            #expect(scene.readiness.hasPrefix("503 the deny list '/deny' cannot be used"))
        }
        scene.machine.files.put("/deny", "# nobody\n")
        scene.service.reloadDenyList()
        #expect(scene.outcome(ticket: ticket) == "200 hf_reads0123" && scene.readiness == "200 ready\n")
    }

    @Test("does not begin without the deny list that the manifest names")
    func noDenyList() {
        #expect(throws: MintError.self) { try ServiceScene("deny: 'file:/deny',") }
    }

    @Test("decides by the manifest of the moment, and never by a bad one")
    func reload() throws {
        let scene = try ServiceScene()
        let ticket = try scene.ticket()
        #expect(scene.outcome(ticket: ticket) == "200 hf_reads0123" && scene.readiness == "200 ready\n")
        for bad in ["{", "{ version: 1 }", ServiceScene.manifest().replacing("env:READ", with: "env:ABSENT")] {
            scene.manifest.value = bad
            scene.service.reload()
            #expect(scene.outcome(ticket: ticket) == "200 hf_reads0123")
            #expect(scene.readiness.hasPrefix("503 the manifest was not reloaded"))
            let elsewhere = try #require(scene.ask("GET", "/readyz", route: .ready))
            #expect(elsewhere.status == 503 && !elsewhere.body.contains("manifest"))
        }
        scene.manifest.value = ServiceScene.manifest().replacing("acme/training", with: "acme/other")
        scene.service.reload()
        #expect(scene.outcome(ticket: ticket) == "403 other-claims" && scene.readiness == "200 ready\n")
    }

    @Test("lets what is not granted pass where nothing is enforced, and never for strangers")
    func auditMode() throws {
        for scene in [try ServiceScene("mode: 'audit',"), try ServiceScene(grant: "mode: 'audit',")] {
            let dev = try scene.ticket(ref: "dev")
            #expect(scene.outcome("POST", ServiceScene.commit, ticket: dev) == "200 hf_writes0123")
            let stranger = try scene.ticket(repository: "other/x")
            #expect(scene.outcome(ticket: stranger) == "403 other-claims")
            #expect(scene.outcome("POST", ServiceScene.commit) == "401 identity-needed")
            #expect(scene.outcome("GET", "/other/x/resolve/main/x", ticket: dev) == "403 not-covered")
            #expect(scene.outcome("GET", "/acme//model/resolve/main/x", ticket: dev) == "403 target-not-canonical")
            let narrow = try scene.ticket(ref: "dev", resource: "acme/other")
            #expect(scene.outcome("POST", ServiceScene.commit, ticket: narrow) == "403 ticket-for-other")
        }
        // The reader's grant alone is not enforced, and the ticket is not for it.
        let watching = try ServiceScene(grant: "mode: 'audit',")
        let publisher = try watching.ticket(role: "publisher")
        #expect(watching.outcome("GET", "/acme/other/resolve/main/x", ticket: publisher) == "403 not-covered")
        #expect(
            watching.outcome("POST", ServiceScene.commit, ticket: try watching.ticket(role: "reader"))
                == "200 hf_writes0123")
        let enforcing = try ServiceScene("mode: 'audit',", grant: "mode: 'enforce',")
        #expect(
            enforcing.outcome("POST", ServiceScene.commit, ticket: try enforcing.ticket(ref: "dev"))
                == "403 other-claims")
    }

    @Test("verifies an ID token that is brought as a credential once, in a thread that may wait")
    func idToken() throws {
        // A signature that is not the issuer's has its keys looked at once more, and then no more for a while.
        let keys = BrokerScene.keys(of: BrokerScene.issuer)
        let scene = try ServiceScene(script: keys + keys)
        let token = BrokerScene.idToken(["ref": "main"])
        #expect(scene.outcome("POST", ServiceScene.commit, ticket: token) == "200 hf_writes0123")
        #expect(scene.outcome(ticket: token) == "200 hf_reads0123")
        #expect(scene.machine.transport.left.count == 2)
        for forged in ["AA", "BB", "CC"].map({ String(token.dropLast(2)) + $0 }) {
            #expect(scene.outcome(ticket: forged) == "401 credential-unknown")
        }
        #expect(scene.machine.transport.left.isEmpty)
        #expect(scene.outcome(ticket: BrokerScene.idToken(["iss": "https://else.example"])) == "401 credential-unknown")
        #expect(scene.outcome(ticket: BrokerScene.idToken(["repository": "other/x"])) == "403 other-claims")
    }

    @Test("has no thread wait for the record of a trade that it refuses")
    func refusedTrade() throws {
        let scene = try ServiceScene(audit: AuditTrail.Settings(file: "/audit.jsonl", isRequired: true))
        #expect(scene.ask("POST", "/oauth/token", route: .token)?.status == 415)
        #expect(scene.service.records.waitingCount == 1)
    }

    @Test("refuses at once when too many wait")
    func overload() throws {
        let scene = try ServiceScene()
        let token = BrokerScene.idToken()
        var answers: [ServeReply] = []
        for _ in 0...1_024 {
            let reply = ServeReply(wake: {})
            scene.service.respond(
                to: ServeRequest(
                    route: .decide, uri: Array(ServiceScene.read.utf8), method: "GET", host: "hub.acme.example",
                    id: "r", peer: "192.0.2.7", authorization: SharedSecret(Secret("Bearer \(token)"))), reply)
            answers.append(reply)
        }
        #expect(answers.dropLast().allSatisfy { $0.take() == nil })
        let last = try #require(answers.last?.take().map { BrokerScene.Seen($0) })
        #expect(last.status == 403 && last.header(.errorCode) == "unavailable")
    }

    @Test("answers who looks after it, and no route that is not served yet")
    func others() throws {
        let scene = try ServiceScene()
        #expect(scene.ask(route: .health)?.body == "ok\n")
        let metrics = try #require(scene.ask(route: .metrics)?.body)
        #expect(metrics.contains("hfmint_serve_decisions_total{") && !metrics.contains("hf_reads0123"))
        for route in [ServeRoute.inspect, .events, .scim] { #expect(scene.ask(route: route)?.status == 403) }
    }
}

extension ServiceScene {
    func outcomeCode(_ authorization: String) -> String {
        ask(authorization: authorization).map { "\($0.status) \($0.header(.errorCode) ?? "")" } ?? ""
    }
}
