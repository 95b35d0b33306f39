@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

@Suite("upstream tokens")
struct UpstreamTokensTests {
    private static let hub = "POST https://huggingface.co/oauth/token"
    private static let minutes = { (count: Int) in Duration.seconds(60 * count) }
    private let metrics = ServeMetrics(startedAt: FrozenClock.usualNow)

    /// Tokens of a front door with these credentials.
    private struct World {
        let machine: FakeMachine
        let definition: ServeDefinition
        let tokens: UpstreamTokens

        func ready(_ index: Int = 0) -> String? {
            tokens.ready(definition.credentials[index])?.secret.revealedText()
        }

        func fetch(_ index: Int = 0) throws(MintError) -> String {
            try tokens.fetch(definition.credentials[index], for: definition).secret.revealedText()
        }
    }

    private static let member =
        "{ resources: ['acme/*'], right: 'read', member: 'ci@acme.example', client: { id: 'env:ID', secret: 'env:S' } }"
    private static let reference = "{ resources: ['acme/*'], right: 'write', token: 'env:WRITE' }"

    private func definition(_ credentials: String, upstream: String? = nil) throws -> ServeDefinition {
        let host = upstream.map { "{ kind: 'hub', upstream: '\($0)' }" } ?? "{ kind: 'hub' }"
        return try #require(
            try TestPolicy.manifest(
                """
                { version: 1, serve: { origin: 'https://hub.acme.example', socket: 's', delivery: 'token',
                  hosts: { 'hub.acme.example': \(host) }, credentials: [\(credentials)] } }
                """
            ).serve)
    }

    private func world(
        _ credentials: String = Self.member, _ script: [ScriptedTransport.Exchange] = [],
        environment: Environment = ["ID": "acme-ci", "S": "app-secret", "WRITE": "hf_abcdefgh1"],
        files: MemoryFiles = MemoryFiles(), upstream: String? = nil
    ) throws -> World {
        let machine = FakeMachine(environment, transport: ScriptedTransport(script), files: files)
        let tokens = UpstreamTokens(recordingIn: machine.audit, metrics: metrics, in: machine.context)
        return World(machine: machine, definition: try definition(credentials, upstream: upstream), tokens: tokens)
    }

    private static func answer(
        _ token: String = "hf_oauth_abcdefgh", for seconds: Int = 3_600
    ) -> ScriptedTransport.Exchange {
        .answer(hub, 200, granted(token, expiresIn: seconds))
    }

    private static let refusal = ScriptedTransport.Exchange.answer(hub, 401, #"{"error":"invalid_client"}"#)

    private func metric(_ series: String) -> String? {
        metrics.text(.init()).split(separator: "\n").first { $0.hasPrefix("hfmint_serve_\(series) ") }
            .map { String($0.split(separator: " ")[1]) }
    }

    @Test("of a member are asked for once, with the scopes of the right, and kept while they live")
    func member() throws {
        let world = try world(Self.member, [Self.answer(), Self.answer("hf_oauth_secondone")])
        #expect(world.ready() == nil)
        #expect(try world.fetch() == "hf_oauth_abcdefgh")
        #expect(world.ready() == "hf_oauth_abcdefgh")
        #expect(try world.fetch() == "hf_oauth_abcdefgh")
        let sent = world.machine.transport.sent
        #expect(sent.count == 1)
        #expect(sent[0].credential == "Authorization: Basic YWNtZS1jaTphcHAtc2VjcmV0")
        #expect(sent[0].body?.contains("subject_token=ci%40acme.example") == true)
        #expect(sent[0].body?.hasSuffix("scope=read-repos") == true)
        // 5 minutes are the margin of an hour.
        world.machine.clock.advance(by: Self.minutes(55))
        #expect(world.ready() == "hf_oauth_abcdefgh")
        world.machine.clock.advance(by: .seconds(1))
        #expect(world.ready() == nil)
        #expect(try world.fetch() == "hf_oauth_secondone")
        #expect(metric(#"upstream_tokens_total{result="hit"}"#) == "2")
        #expect(metric(#"upstream_tokens_total{result="miss"}"#) == "2")
        #expect(metric(#"exchanges_total{result="granted"}"#) == "2")
    }

    @Test("have a quarter of a short life as their margin")
    func shortLife() throws {
        let world = try world(Self.member, [Self.answer(for: 400)])
        _ = try world.fetch()
        world.machine.clock.advance(by: .seconds(300))
        #expect(world.ready() != nil)
        world.machine.clock.advance(by: .seconds(1))
        #expect(world.ready() == nil)
    }

    @Test("die by the clock that is further, whichever that is")
    func clocks() throws {
        let world = try world(Self.member, [Self.answer()])
        _ = try world.fetch()
        world.machine.clock.set(to: FrozenClock.usualNow + 3_400)
        #expect(world.ready() == nil)
        world.machine.clock.set(to: FrozenClock.usualNow + -86_400)
        #expect(world.ready() != nil)
        world.machine.clock.advance(by: Self.minutes(56))
        #expect(world.ready() == nil)
    }

    @Test(
        "ask for what their right needs, of the Hub behind the front door",
        arguments: [("read", "read-repos"), ("write", "write-repos"), ("admin", "manage-repos")])
    func scopes(right: String, scope: String) throws {
        let credential = Self.member.replacing("'read'", with: "'\(right)'")
        let answer = ScriptedTransport.Exchange.answer("POST https://hub.internal/oauth/token", 200, Self.body)
        let world = try world(credential, [answer], upstream: "https://hub.internal")
        #expect(try world.fetch() == "hf_oauth_abcdefgh")
        #expect(world.machine.transport.sent[0].body?.hasSuffix("scope=\(scope)") == true)
    }

    private static let body = granted("hf_oauth_abcdefgh")

    @Test("of one member with one right are one, and of another right others")
    func sharing() throws {
        let others = Self.member.replacing("acme/*", with: "acme/x")
        let writer = Self.member.replacing("'read'", with: "'write'")
        let world = try world(
            "\(Self.member), \(others), \(writer)", [Self.answer(), Self.answer("hf_oauth_writer00")])
        #expect(try world.fetch(0) == "hf_oauth_abcdefgh")
        #expect(world.ready(1) == "hf_oauth_abcdefgh" && world.ready(2) == nil)
        #expect(try world.fetch(2) == "hf_oauth_writer00")
        #expect(world.ready(0) == "hf_oauth_abcdefgh")
    }

    @Test("are not asked for again for 5 seconds after a refusal, by whatever secret")
    func refusals() throws {
        let world = try world(Self.member, [Self.refusal, Self.answer()])
        for _ in 0..<3 {
            let error = #expect(throws: MintError.self) { try world.fetch() }
            #expect(error?.code == .exchangeRejected)
        }
        #expect(world.machine.transport.sent.count == 1)
        world.machine.clock.advance(by: .seconds(5))
        #expect(try world.fetch() == "hf_oauth_abcdefgh")
        #expect(metric(#"exchanges_total{result="refused"}"#) == "1")
    }

    @Test("are asked for again at once after a failure, which lasts 10 seconds at most")
    func failures() throws {
        let busy = ScriptedTransport.Exchange.answer(Self.hub, 503, headers: ["Retry-After": "11"])
        let world = try world(Self.member, [busy, .failure(Self.hub, .timedOut), Self.answer()])
        let error = #expect(throws: MintError.self) { try world.fetch() }
        #expect(error?.code == .serviceUnavailable)
        #expect(try world.fetch() == "hf_oauth_abcdefgh")
        #expect(world.machine.transport.left.isEmpty)
        #expect(world.machine.transport.sent.allSatisfy { $0.request.limits.totalMilliseconds <= 10_000 })
        #expect(metric(#"exchanges_total{result="failed"}"#) == "1")
    }

    @Test("are good to their last minute if the Hub does not answer, and 5 seconds pass before the next try")
    func outage() throws {
        let busy = ScriptedTransport.Exchange.answer(Self.hub, 503, headers: ["Retry-After": "11"])
        let world = try world(Self.member, [Self.answer(), busy, busy, busy])
        _ = try world.fetch()
        world.machine.clock.advance(by: Self.minutes(56))
        #expect(world.ready() == nil)
        #expect(try world.fetch() == "hf_oauth_abcdefgh")
        #expect(world.ready() == "hf_oauth_abcdefgh")
        world.machine.clock.advance(by: .seconds(5))
        #expect(world.ready() == nil)
        #expect(try world.fetch() == "hf_oauth_abcdefgh")
        world.machine.clock.advance(by: Self.minutes(3))
        #expect(world.ready() == nil)
        let error = #expect(throws: MintError.self) { try world.fetch() }
        #expect(error?.code == .serviceUnavailable)
    }

    @Test("are renewed before their end while requests use them")
    func renewal() throws {
        let world = try world(Self.member, [Self.answer(), Self.answer("hf_oauth_secondone")])
        _ = try world.fetch()
        world.machine.clock.advance(by: Self.minutes(53))
        world.tokens.renewDue()
        #expect(world.machine.transport.sent.count == 1, "nobody has used it since it came")
        #expect(world.ready() == "hf_oauth_abcdefgh")
        world.tokens.renewDue()
        #expect(world.ready() == "hf_oauth_secondone")
        world.tokens.renewDue()
        #expect(world.machine.transport.sent.count == 2)
    }

    @Test("stay as they are if their renewal fails, which is tried again after 5 seconds")
    func failedRenewal() throws {
        let world = try world(Self.member, [Self.answer(), Self.refusal, Self.answer("hf_oauth_secondone")])
        _ = try world.fetch()
        world.machine.clock.advance(by: Self.minutes(53))
        _ = world.ready()
        world.tokens.renewDue()
        world.tokens.renewDue()
        #expect(world.machine.transport.sent.count == 2)
        #expect(world.ready() == "hf_oauth_abcdefgh")
        world.machine.clock.advance(by: .seconds(5))
        world.tokens.renewDue()
        #expect(world.ready() == "hf_oauth_secondone")
    }

    @Test("that the manifest refers to are read when it is loaded, and never asked for")
    func references() throws {
        let files = MemoryFiles(["/m/hub-write": "hf_jwt_a.b-c_d\n"])
        let other = Self.reference.replacing("env:WRITE", with: "file:hub-write").replacing("'write'", with: "'admin'")
        let world = try world("\(Self.reference), \(other)", files: files)
        #expect(world.ready(0) == nil)
        #expect(world.tokens.load(world.definition).isEmpty)
        #expect(world.ready(0) == "hf_abcdefgh1" && world.ready(1) == "hf_jwt_a.b-c_d")
        world.machine.clock.advance(by: Self.minutes(100_000))
        #expect(world.ready(0) == "hf_abcdefgh1")
        #expect(try world.fetch(1) == "hf_jwt_a.b-c_d")
    }

    @Test(
        "that are none are told, without a word of them",
        arguments: [
            ("hf_ticket_eyJqdGkiOiIxIn0.c2VjcmV0", "what WRITE holds is a ticket, which the Hub does not know"),
            ("secret-of-another-kind", "what WRITE holds is no token of the Hub (hf_…)"),
            ("hf_short", "what WRITE holds is no token of the Hub (hf_…)"),
            ("hf_abc defghijk", "what WRITE holds is no token of the Hub (hf_…)"),
            ("hf_" + String(repeating: "a", count: 4_087), "the token in WRITE is too long"), ("", "WRITE is empty"),
        ])
    func unsuitable(value: String, complaint: String) throws {
        let world = try world(Self.reference, environment: ["WRITE": value])
        let troubles = world.tokens.load(world.definition)
        #expect(troubles.map(\.error.message) == [complaint])
        #expect(troubles.map(\.place.path) == ["serve.credentials[0]"])
        #expect(troubles.map(\.error.code) == [.stateUnusable])
        #expect(world.ready() == nil)
        let error = #expect(throws: MintError.self) { try world.fetch() }
        #expect(error?.message == complaint)
    }

    @Test("stay as they were if one of them cannot be read")
    func badReload() throws {
        let world = try world("\(Self.member), \(Self.reference)", [Self.answer()])
        #expect(world.tokens.load(world.definition).isEmpty)
        _ = try world.fetch(0)
        let broken = try definition(Self.reference.replacing("env:WRITE", with: "file:absent"))
        #expect(world.tokens.load(broken).map(\.error.message) == ["cannot read '/m/absent': there is no such file"])
        #expect(world.ready(0) == "hf_oauth_abcdefgh" && world.ready(1) == "hf_abcdefgh1")
    }

    @Test("are kept over a reload by what stays in the manifest, and forgotten by the rest")
    func reload() throws {
        let writer = Self.member.replacing("'read'", with: "'write'")
        let world = try world("\(Self.member), \(writer)", [Self.answer(), Self.answer("hf_oauth_writer00")])
        #expect(world.tokens.load(world.definition).isEmpty)
        _ = (try world.fetch(0), try world.fetch(1))
        #expect(world.tokens.load(try definition("\(Self.reference), \(Self.member)")).isEmpty)
        #expect(world.ready(0) == "hf_oauth_abcdefgh" && world.ready(1) == nil)
        #expect(world.tokens.load(try definition(Self.member, upstream: "https://hub.internal")).isEmpty)
        #expect(world.ready(0) == nil, "another Hub gives other tokens")
    }

    @Test("are forgotten, and refusals with them")
    func forgets() throws {
        let world = try world(
            "\(Self.member), \(Self.reference)", [Self.refusal, Self.answer(), Self.answer("hf_oauth_secondone")])
        #expect(world.tokens.load(world.definition).isEmpty)
        #expect(throws: MintError.self) { try world.fetch() }
        world.tokens.forgetAll()
        #expect(try world.fetch() == "hf_oauth_abcdefgh")
        world.tokens.forgetAll()
        #expect(world.ready(0) == nil && world.ready(1) == nil)
        #expect(try world.fetch(0) == "hf_oauth_secondone")
        #expect(try world.fetch(1) == "hf_abcdefgh1", "it is read anew")
    }

    @Test("are not kept if they come after everything was forgotten")
    func lateAnswer() throws {
        let definition = try definition(Self.member)
        let place = Mutex<UpstreamTokens?>(nil)
        let machine = FakeMachine(
            ["ID": "acme-ci", "S": "app-secret"],
            transport: ScriptedTransport(
                [Self.answer(), Self.answer("hf_oauth_secondone")], onSend: { place.withLock { $0 }?.forgetAll() }))
        let tokens = UpstreamTokens(recordingIn: machine.audit, metrics: metrics, in: machine.context)
        place.withLock { $0 = tokens }
        let credential = definition.credentials[0]
        #expect(try tokens.fetch(credential, for: definition).secret.revealedText() == "hf_oauth_abcdefgh")
        #expect(tokens.ready(credential) == nil)
        place.withLock { $0 = nil }
        #expect(try tokens.fetch(credential, for: definition).secret.revealedText() == "hf_oauth_secondone")
        #expect(tokens.ready(credential) != nil)
    }

    private static let log = "/audit.jsonl"

    /// The events of the log, with what each says of a decision and its reason.
    private func record(
        _ script: [ScriptedTransport.Exchange], onAppend: (@Sendable () -> FileFailure?)? = nil
    ) throws -> (code: MintError.Code?, events: [String], machine: FakeMachine) {
        let definition = try definition(Self.member)
        let machine = FakeMachine(
            ["ID": "acme-ci", "S": "app-secret"], transport: ScriptedTransport(script),
            files: MemoryFiles(writable: [Self.log], onAppendToLog: onAppend))
        let trail = machine.audit
        trail.begin(AuditTrail.Settings(file: Self.log, isRequired: true))
        let tokens = UpstreamTokens(recordingIn: trail, metrics: metrics, in: machine.context)
        var code: MintError.Code?
        do throws(MintError) {
            _ = try tokens.fetch(definition.credentials[0], for: definition)
        } catch {
            code = error.code
        }
        let events = (machine.files[Self.log] ?? "").split(separator: "\n").dropFirst().map { line in
            let entry = AuditEntry(Array(line.utf8).span)
            return "\(entry?.event ?? "") \(entry?.decision ?? "") \(entry?.reason ?? "")"
        }
        return (code, events, machine)
    }

    @Test("are recorded before they are asked for, and before they are used")
    func recorded() throws {
        let why = "for serve.credentials[0] of /m/hfmint.json5, the member ci@acme.example"
        let granted = try record([Self.answer()])
        #expect(granted.code == nil)
        #expect(granted.events == ["exchange.requested allowed \(why)", "exchange.granted allowed \(why)"])
        let refused = try record([Self.refusal])
        #expect(refused.code == .exchangeRejected)
        #expect(
            refused.events.map { $0.prefix(35) } == [
                "exchange.requested allowed for serv", "exchange.denied denied exchange-rej",
            ])
    }

    @Test("are not asked for, or not used, if that cannot be recorded", arguments: [0, 1])
    func unrecorded(count: Int) throws {
        let written = Mutex(0)
        let outcome = try record(
            [Self.answer()],
            onAppend: {
                let number = written.withLock { number in
                    defer { number += 1 }
                    return number
                }
                return number < count ? nil : FileFailure(Self.log, "no space left on device")
            })
        #expect(outcome.code == .auditUnavailable)
        #expect(outcome.machine.transport.sent.count == count)
    }

    @Test("that fit into no header are refused")
    func tooLong() throws {
        let world = try world(Self.member, [Self.answer("hf_oauth_" + String(repeating: "a", count: 4_096))])
        let error = #expect(throws: MintError.self) { try world.fetch() }
        #expect(error?.code == .answerInvalid)
        #expect(world.ready() == nil)
    }

    @Test("with more scopes than were asked for are refused, and the refusal is kept")
    func surplus() throws {
        let body = Self.body.replacing("{", with: #"{"scope":"read-repos manage-repos","#, maxReplacements: 1)
        let world = try world(Self.member, [.answer(Self.hub, 200, body)])
        for _ in 0..<2 {
            let error = #expect(throws: MintError.self) { try world.fetch() }
            #expect(error?.code == .scopesExceeded)
        }
    }
}
