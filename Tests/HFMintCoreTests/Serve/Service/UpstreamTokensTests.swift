import HFMintCore
import HFMintTesting
import Testing

@Suite("upstream tokens")
struct UpstreamTokensTests {
    @Test("of a member are asked for once, with the scopes of the right, and kept while they live")
    func member() throws {
        let world = try UpstreamWorld(
            UpstreamWorld.member, [UpstreamWorld.answer(), UpstreamWorld.answer("hf_oauth_secondone")])
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
        world.machine.clock.advance(by: UpstreamWorld.minutes(55))
        #expect(world.ready() == "hf_oauth_abcdefgh")
        world.machine.clock.advance(by: .seconds(1))
        #expect(world.ready() == nil)
        #expect(try world.fetch() == "hf_oauth_secondone")
        #expect(world.metric(#"upstream_tokens_total{result="hit"}"#) == "2")
        #expect(world.metric(#"upstream_tokens_total{result="miss"}"#) == "2")
        #expect(world.metric(#"exchanges_total{result="granted"}"#) == "2")
    }

    @Test("have a quarter of a short life as their margin")
    func shortLife() throws {
        let world = try UpstreamWorld(UpstreamWorld.member, [UpstreamWorld.answer(for: 400)])
        _ = try world.fetch()
        world.machine.clock.advance(by: .seconds(300))
        #expect(world.ready() != nil)
        world.machine.clock.advance(by: .seconds(1))
        #expect(world.ready() == nil)
    }

    @Test("die by the clock that is further, whichever that is")
    func clocks() throws {
        let world = try UpstreamWorld(UpstreamWorld.member, [UpstreamWorld.answer()])
        _ = try world.fetch()
        world.machine.clock.set(to: FrozenClock.usualNow + 3_400)
        #expect(world.ready() == nil)
        world.machine.clock.set(to: FrozenClock.usualNow + -86_400)
        #expect(world.ready() != nil)
        world.machine.clock.advance(by: UpstreamWorld.minutes(56))
        #expect(world.ready() == nil)
    }

    @Test(
        "ask for what their right needs, of the Hub behind the front door",
        arguments: [("read", "read-repos"), ("write", "write-repos"), ("admin", "manage-repos")])
    func scopes(right: String, scope: String) throws {
        let credential = UpstreamWorld.member.replacing("'read'", with: "'\(right)'")
        let answer = ScriptedTransport.Exchange.answer(
            "POST https://hub.internal/oauth/token", 200, granted("hf_oauth_abcdefgh"))
        let world = try UpstreamWorld(credential, [answer], upstream: "https://hub.internal")
        #expect(try world.fetch() == "hf_oauth_abcdefgh")
        #expect(world.machine.transport.sent[0].body?.hasSuffix("scope=\(scope)") == true)
    }

    @Test("of one member with one right are one, and of another right others")
    func sharing() throws {
        let others = UpstreamWorld.member.replacing("acme/*", with: "acme/x")
        let writer = UpstreamWorld.member.replacing("'read'", with: "'write'")
        let world = try UpstreamWorld(
            "\(UpstreamWorld.member), \(others), \(writer)",
            [UpstreamWorld.answer(), UpstreamWorld.answer("hf_oauth_writer00")])
        #expect(try world.fetch(0) == "hf_oauth_abcdefgh")
        #expect(world.ready(1) == "hf_oauth_abcdefgh" && world.ready(2) == nil)
        #expect(try world.fetch(2) == "hf_oauth_writer00")
        #expect(world.ready(0) == "hf_oauth_abcdefgh")
    }

    @Test("are not asked for again for 5 seconds after a refusal, by whatever secret")
    func refusals() throws {
        let world = try UpstreamWorld(UpstreamWorld.member, [UpstreamWorld.refusal, UpstreamWorld.answer()])
        for _ in 0..<3 {
            let error = #expect(throws: MintError.self) { try world.fetch() }
            #expect(error?.code == .exchangeRejected)
        }
        #expect(world.machine.transport.sent.count == 1)
        world.machine.clock.advance(by: .seconds(5))
        #expect(try world.fetch() == "hf_oauth_abcdefgh")
        #expect(world.metric(#"exchanges_total{result="refused"}"#) == "1")
    }

    @Test("are asked for again at once after a failure, which lasts 10 seconds at most")
    func failures() throws {
        let world = try UpstreamWorld(
            UpstreamWorld.member, [UpstreamWorld.busy, .failure(UpstreamWorld.hub, .timeout), UpstreamWorld.answer()])
        let error = #expect(throws: MintError.self) { try world.fetch() }
        #expect(error?.code == .serviceUnavailable)
        #expect(try world.fetch() == "hf_oauth_abcdefgh")
        #expect(world.machine.transport.left.isEmpty)
        #expect(world.machine.transport.sent.allSatisfy { $0.request.limits.totalMilliseconds <= 10_000 })
        #expect(world.metric(#"exchanges_total{result="failed"}"#) == "1")
    }

    @Test("are good to their last minute if the Hub does not answer, and 5 seconds pass before the next try")
    func outage() throws {
        let world = try UpstreamWorld(
            UpstreamWorld.member, [UpstreamWorld.answer(), UpstreamWorld.busy, UpstreamWorld.busy, UpstreamWorld.busy])
        _ = try world.fetch()
        world.machine.clock.advance(by: UpstreamWorld.minutes(56))
        #expect(world.ready() == nil)
        #expect(try world.fetch() == "hf_oauth_abcdefgh")
        #expect(world.ready() == "hf_oauth_abcdefgh")
        world.machine.clock.advance(by: .seconds(5))
        #expect(world.ready() == nil)
        #expect(try world.fetch() == "hf_oauth_abcdefgh")
        world.machine.clock.advance(by: UpstreamWorld.minutes(3))
        #expect(world.ready() == nil)
        let error = #expect(throws: MintError.self) { try world.fetch() }
        #expect(error?.code == .serviceUnavailable)
    }

    @Test("say how long they live, if that is known")
    func secondsLeft() throws {
        let world = try UpstreamWorld(UpstreamWorld.member, [UpstreamWorld.answer()])
        #expect(world.secondsLeft == nil)
        _ = try world.fetch()
        world.machine.clock.advance(by: UpstreamWorld.minutes(10))
        #expect(world.secondsLeft == 3_000)
        let other = try UpstreamWorld(UpstreamWorld.reference, [])
        _ = try other.fetch()
        #expect(other.secondsLeft == nil)
    }

    @Test("are renewed before their end while requests use them")
    func renewal() throws {
        let world = try UpstreamWorld(
            UpstreamWorld.member, [UpstreamWorld.answer(), UpstreamWorld.answer("hf_oauth_secondone")])
        _ = try world.fetch()
        world.machine.clock.advance(by: UpstreamWorld.minutes(53))
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
        let world = try UpstreamWorld(
            UpstreamWorld.member,
            [UpstreamWorld.answer(), UpstreamWorld.refusal, UpstreamWorld.answer("hf_oauth_secondone")])
        _ = try world.fetch()
        world.machine.clock.advance(by: UpstreamWorld.minutes(53))
        _ = world.ready()
        world.tokens.renewDue()
        world.tokens.renewDue()
        #expect(world.machine.transport.sent.count == 2)
        #expect(world.ready() == "hf_oauth_abcdefgh")
        world.machine.clock.advance(by: .seconds(5))
        world.tokens.renewDue()
        #expect(world.ready() == "hf_oauth_secondone")
    }

    @Test("that fit into no header are refused")
    func tooLong() throws {
        let world = try UpstreamWorld(
            UpstreamWorld.member, [UpstreamWorld.answer("hf_oauth_" + String(repeating: "a", count: 4_096))])
        let error = #expect(throws: MintError.self) { try world.fetch() }
        #expect(error?.code == .answerInvalid)
        #expect(world.ready() == nil)
    }

    @Test("with more scopes than were asked for are refused, and the refusal is kept")
    func surplus() throws {
        let body = granted("hf_oauth_abcdefgh").replacing(
            "{", with: #"{"scope":"read-repos manage-repos","#, maxReplacements: 1)
        let world = try UpstreamWorld(UpstreamWorld.member, [.answer(UpstreamWorld.hub, 200, body)])
        for _ in 0..<2 {
            let error = #expect(throws: MintError.self) { try world.fetch() }
            #expect(error?.code == .scopesExceeded)
        }
    }
}
