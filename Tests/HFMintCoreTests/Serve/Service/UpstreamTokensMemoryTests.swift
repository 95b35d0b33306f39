@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

@Suite("upstream tokens: loaded, forgotten and recorded")
struct UpstreamTokensMemoryTests {
    private let metrics = ServeMetrics(startedAt: FrozenClock.usualNow)

    @Test("that the manifest refers to are read when it is loaded, and never asked for")
    func references() throws {
        let files = MemoryFiles(["/m/hub-write": "hf_jwt_a.b-c_d\n"])
        let other = UpstreamWorld.reference.replacing("env:WRITE", with: "file:hub-write").replacing(
            "'write'", with: "'admin'")
        let world = try UpstreamWorld("\(UpstreamWorld.reference), \(other)", files: files)
        #expect(world.ready(0) == nil)
        #expect(world.tokens.load(world.definition).isEmpty)
        #expect(world.ready(0) == "hf_abcdefgh1" && world.ready(1) == "hf_jwt_a.b-c_d")
        world.machine.clock.advance(by: UpstreamWorld.minutes(100_000))
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
        let world = try UpstreamWorld(UpstreamWorld.reference, environment: ["WRITE": value])
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
        let world = try UpstreamWorld("\(UpstreamWorld.member), \(UpstreamWorld.reference)", [UpstreamWorld.answer()])
        #expect(world.tokens.load(world.definition).isEmpty)
        _ = try world.fetch(0)
        let broken = try UpstreamWorld.definition(UpstreamWorld.reference.replacing("env:WRITE", with: "file:absent"))
        #expect(world.tokens.load(broken).map(\.error.message) == ["cannot read '/m/absent': there is no such file"])
        #expect(world.ready(0) == "hf_oauth_abcdefgh" && world.ready(1) == "hf_abcdefgh1")
    }

    @Test("are kept over a reload by what stays in the manifest, and forgotten by the rest")
    func reload() throws {
        let writer = UpstreamWorld.member.replacing("'read'", with: "'write'")
        let world = try UpstreamWorld(
            "\(UpstreamWorld.member), \(writer)", [UpstreamWorld.answer(), UpstreamWorld.answer("hf_oauth_writer00")])
        #expect(world.tokens.load(world.definition).isEmpty)
        _ = (try world.fetch(0), try world.fetch(1))
        #expect(
            world.tokens.load(try UpstreamWorld.definition("\(UpstreamWorld.reference), \(UpstreamWorld.member)"))
                .isEmpty)
        #expect(world.ready(0) == "hf_oauth_abcdefgh" && world.ready(1) == nil)
        #expect(
            world.tokens.load(try UpstreamWorld.definition(UpstreamWorld.member, upstream: "https://hub.internal"))
                .isEmpty)
        #expect(world.ready(0) == nil, "another Hub gives other tokens")
    }

    @Test("are not kept if they come after a manifest with another Hub")
    func lateAnswer() throws {
        let definition = try UpstreamWorld.definition(UpstreamWorld.member)
        let elsewhere = try UpstreamWorld.definition(UpstreamWorld.member, upstream: "https://hub.internal")
        let place = Mutex<UpstreamTokens?>(nil)
        let machine = FakeMachine(
            ["ID": "acme-ci", "S": "app-secret"],
            transport: ScriptedTransport(
                [UpstreamWorld.answer(), UpstreamWorld.answer("hf_oauth_secondone")],
                onSend: { _ = place.withLock { $0 }?.load(elsewhere) }))
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
        let definition = try UpstreamWorld.definition(UpstreamWorld.member)
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
        let granted = try record([UpstreamWorld.answer()])
        #expect(granted.code == nil)
        #expect(granted.events == ["exchange.requested allowed \(why)", "exchange.granted allowed \(why)"])
        let refused = try record([UpstreamWorld.refusal])
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
            [UpstreamWorld.answer()],
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
}
