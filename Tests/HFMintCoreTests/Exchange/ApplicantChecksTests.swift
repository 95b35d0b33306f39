import HFMintCore
import HFMintTesting
import Testing

@Suite("exchanger's checks")
struct ApplicantChecksTests {
    private static let now = FrozenClock.usualNow

    @Test(
        "refuse an ID token for another audience before it is sent",
        arguments: [
            ("https://other.example", "'https://other.example'"), (["a", "b"], "'a', 'b'"),
            ("https://huggingface.co/", "'https://huggingface.co/'"),
            ("HTTPS://huggingface.co", "'HTTPS://huggingface.co'"),
            ("", "''"),
        ] as [(ClaimValue, String)])
    func audience(claim: ClaimValue, found: String) throws {
        let world = ExchangeWorld([ExchangeWorld.minted(["aud": claim])])
        let error = try world.error(try world.exchanger())
        #expect(error.code == .identityUnsuitable)
        #expect(
            error.message == "the ID token from pipelines.actions.githubusercontent.com is for the audience \(found),"
                + " and huggingface.co takes only 'https://huggingface.co'")
        #expect(world.machine.transport.sent.count == 1)
    }

    @Test("refuse an ID token without an audience", arguments: [[], 1] as [ClaimValue])
    func noAudience(claim: ClaimValue) throws {
        let world = ExchangeWorld([ExchangeWorld.minted(["aud": claim])])
        let error = try world.error(try world.exchanger())
        #expect(error.code == .identityUnsuitable)
        #expect(error.message.contains("names no audience"))
    }

    @Test("take an ID token that has the audience among others")
    func oneOfThem() throws {
        let world = ExchangeWorld([
            ExchangeWorld.minted(["aud": ["x", "https://huggingface.co"]]),
            .answer(ExchangeWorld.exchange, 200, granted()),
        ])
        #expect(try world.token(try world.exchanger()).kind == .repository)
    }

    @Test("stop at an event that strangers can trigger, unless that is allowed", arguments: [true, false])
    func event(isAllowed: Bool) throws {
        let claims: [String: ClaimValue] = ["aud": "https://huggingface.co", "event_name": "pull_request_target"]
        let answers: [ScriptedTransport.Exchange] =
            isAllowed ? [.answer(ExchangeWorld.exchange, 200, granted())] : []
        let world = ExchangeWorld([ExchangeWorld.minted(claims)] + answers)
        let exchanger = try world.exchanger(allowsUntrustedEvent: isAllowed)
        if isAllowed {
            #expect(try world.token(exchanger).kind == .repository)
        } else {
            let error = try world.error(exchanger)
            #expect(error.code == .eventUntrusted)
            #expect(error.code.exitStatus == .denied)
            #expect(error.hint?.contains("--allow-untrusted-event") == true)
        }
        #expect(world.machine.transport.left.isEmpty)
    }

    @Test("judge the event of the caller, whatever this process's own variables say", arguments: [true, false])
    func eventOfCaller(isCallers: Bool) throws {
        let strange: Environment = ["GITHUB_EVENT_NAME": "pull_request_target"]
        let own: Environment = [
            "GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": .init(GitHubJob.requestURL),
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner", "GITHUB_EVENT_NAME": "pull_request_target",
        ]
        let answers: [ScriptedTransport.Exchange] =
            isCallers ? [] : [.answer(ExchangeWorld.exchange, 200, granted())]
        let world = ExchangeWorld(
            [ExchangeWorld.minted()] + answers, environment: isCallers ? GitHubJob.permitted : own)
        let job = Provider.Job(
            environment: isCallers ? strange : ["GITHUB_EVENT_NAME": "push"], files: MemoryFiles())
        let exchanger = try world.exchanger(job: job)
        if isCallers {
            #expect(try world.error(exchanger).code == .eventUntrusted)
        } else {
            #expect(try world.token(exchanger).kind == .repository)
        }
        #expect(world.machine.transport.left.isEmpty)
    }

    private func world(
        expiry: Int?, hubDate: String?, answers: Bool
    ) throws -> (world: ExchangeWorld, options: IDTokenSource.Options) {
        var claims: [String: ClaimValue] = ["aud": "https://huggingface.co"]
        claims["exp"] = expiry.map { .integer($0) }
        var script: [ScriptedTransport.Exchange] = []
        if let hubDate { script.append(.answer(ExchangeWorld.probe, 200, "", headers: ["date": hubDate])) }
        if answers { script.append(.answer(ExchangeWorld.exchange, 200, granted())) }
        return (ExchangeWorld(script, environment: ["HF_OIDC_ID_TOKEN": .init(unsignedJWT(claims))]), .init())
    }

    @Test(
        "refuse a given token as expired where the Hub's clock says so too",
        arguments: [
            (now.secondsSince1970 - 60, "60 s"), (now.secondsSince1970 - 7_200, "2 h"), (0, "56 years"),
            (Int.min, "56 years"),
        ])
    func expired(expiry: Int, ago: String) throws {
        let (world, options) = try world(expiry: expiry, hubDate: "Sat, 21 Nov 2026 03:04:05 GMT", answers: false)
        let error = try world.error(try world.exchanger(options))
        #expect(error.code == .identityUnsuitable)
        #expect(error.message.contains("the ID token from HF_OIDC_ID_TOKEN expired at"))
        #expect(error.message.hasSuffix("\(ago) ago"))
    }

    @Test("send a given token where the clocks disagree, and say which one is wrong")
    func clocksDisagree() throws {
        let (world, options) = try world(
            expiry: Self.now.secondsSince1970 - 60, hubDate: "Sat, 21 Nov 2026 02:04:05 GMT", answers: true)
        _ = try world.token(try world.exchanger(options))
        #expect(world.machine.output.err == "hfmint: the clock of this machine is 60 min ahead of the Hub's\n")
    }

    @Test(
        "send a given token that lives, or does not say when it ends, without asking for the time",
        arguments: [
            nil, now.secondsSince1970, now.secondsSince1970 + 1, Int.max,
        ])
    func alive(expiry: Int?) throws {
        let (world, options) = try world(expiry: expiry, hubDate: nil, answers: true)
        _ = try world.token(try world.exchanger(options))
        #expect(world.machine.transport.left.isEmpty)
    }

    @Test("send a given token where the Hub does not tell the time", arguments: ["", "yesterday"])
    func noDate(date: String) throws {
        let (world, options) = try world(expiry: 1, hubDate: date, answers: true)
        _ = try world.token(try world.exchanger(options))
        #expect(world.machine.transport.left.isEmpty)
    }

    @Test("never refuse a token that was minted for this try, whatever the clock says")
    func minted() throws {
        let world = ExchangeWorld([
            ExchangeWorld.minted(["aud": "https://huggingface.co", "exp": 1]),
            .answer(ExchangeWorld.exchange, 200, granted()),
        ])
        #expect(try world.token(try world.exchanger()).kind == .repository)
    }
}
