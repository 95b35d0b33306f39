import HFMintCore
import HFMintTesting
import Testing

@Suite("exchanger")
struct ExchangerTests {
    @Test("mints an ID token, sends it to the Hub, and gives the token that comes back")
    func exchanges() throws {
        let world = ExchangeWorld([
            ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, 200, granted(expiresIn: 60)),
        ])
        let token = try world.token(try world.exchanger(), for: "datasets/acme/data")

        let text = token.bearer.secret.revealedText()
        #expect(text == "hf_jwt_abc.def.ghi")
        #expect(token.kind == .repository)
        #expect(token.expiresAt == FrozenClock.usualNow + 60)
        #expect(token.sha256 == (try TestDigests().sha256(Secret("hf_jwt_abc.def.ghi"))).hexadecimal)
        let sent = world.machine.transport.sent
        #expect(sent.map(\.credential) == ["Authorization: Bearer runner", nil])
        #expect(sent[1].body?.contains(#""resource":"datasets/acme/data""#) == true)
        #expect(sent[1].contentType == "application/json")
        #expect(world.machine.output.all.isEmpty)
    }

    @Test("counts the token's life from before the request, as nobody knows when the Hub began to count")
    func lifetime() throws {
        let clock = FrozenClock()
        let transport = ScriptedTransport(
            [ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, 200, granted(expiresIn: 60))],
            onSend: { clock.advance(by: .seconds(10)) })
        let machine = FakeMachine(GitHubJob.permitted, transport: transport, clock: clock)
        let world = ExchangeWorld(machine: machine)
        // Ten seconds for the ID token, and none of the ten for the exchange itself.
        #expect(try world.token(try world.exchanger()).expiresAt == FrozenClock.usualNow + 70)
    }

    @Test(
        "tries again after a passing trouble, each time with a fresh ID token",
        arguments: [
            408, 425, 429, 500, 502, 503, 504, 599,
        ])
    func retries(status: Int) throws {
        let world = ExchangeWorld([
            ExchangeWorld.minted(["aud": "https://huggingface.co", "jti": "1"]),
            .answer(ExchangeWorld.exchange, status),
            ExchangeWorld.minted(["aud": "https://huggingface.co", "jti": "2"]),
            .answer(ExchangeWorld.exchange, 200, granted()),
        ])
        _ = try world.token(try world.exchanger())
        let bodies = world.machine.transport.sent.compactMap(\.body)
        #expect(bodies.count == 2 && bodies[0] != bodies[1])
        #expect(world.machine.transport.left.isEmpty)
    }

    @Test("tries again where the Hub could not ask the issuer for its keys")
    func aborted() throws {
        let body = #"{"error":"invalid_grant","error_description":"This operation was aborted"}"#
        let world = ExchangeWorld([
            ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, 400, body), ExchangeWorld.minted(),
            .answer(ExchangeWorld.exchange, 200, granted()),
        ])
        _ = try world.token(try world.exchanger())
        #expect(world.machine.transport.left.isEmpty)
    }

    @Test("tries five times, and says so", arguments: [nil, "2"])
    func givesUp(retryAfter: String?) throws {
        let headers = (retryAfter.map { ["retry-after": $0] } ?? [:]).merging(["x-request-id": "Root=1"]) { $1 }
        let world = ExchangeWorld(
            (0..<5).flatMap { _ in
                [ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, 503, "", headers: headers)]
            })
        let error = try world.error(try world.exchanger())
        #expect(error.code == .serviceUnavailable)
        #expect(error.message == "huggingface.co answered 503")
        #expect(
            error.facts == ["request id: Root=1", "tried 5 times"]
                + (retryAfter == nil ? [] : ["asked to come back in 2 s"]))
        #expect(world.machine.transport.left.isEmpty)
    }

    @Test(
        "comes back no sooner than it is asked to, and not at all in ten years",
        arguments: ["315360000", "Wed, 18 Nov 2036 03:04:05 GMT"])
    func tenYears(retryAfter: String) throws {
        let world = ExchangeWorld([
            ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, 429, "", headers: ["retry-after": retryAfter]),
        ])
        let error = try world.error(try world.exchanger())
        #expect(error.code == .serviceUnavailable)
        #expect(error.details == ["asked to come back in 10 years"])
        #expect(world.machine.clock.sleeps.isEmpty)
    }

    @Test("does not try again what was refused", arguments: [400, 401, 403, 404, 405, 409, 410, 422, 451])
    func final(status: Int) throws {
        let world = ExchangeWorld([ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, status, "{}")])
        let error = try world.error(try world.exchanger())
        #expect(error.code == .exchangeRejected)
        #expect(error.code.exitStatus == .denied)
        #expect(error.message == "huggingface.co refused a token for 'acme/model': HTTP \(status)")
    }

    @Test("never follows a redirect", arguments: [300, 301, 302, 303, 307, 308])
    func redirect(status: Int) throws {
        let world = ExchangeWorld([
            ExchangeWorld.minted(),
            .answer(ExchangeWorld.exchange, status, "", headers: ["location": "https://evil.example/"]),
        ])
        let error = try world.error(try world.exchanger())
        #expect(error.code == .answerInvalid)
        #expect(error.message.contains("a redirect (\(status)), which is never followed"))
        #expect(!"\(error)".contains("evil"))
    }

    @Test("takes no other success for an answer", arguments: [201, 202, 204, 206])
    func otherSuccess(status: Int) throws {
        let world = ExchangeWorld([ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, status, granted())])
        #expect(try world.error(try world.exchanger()).code == .answerInvalid)
    }

    @Test(
        "takes nothing but a Hub token for an answer",
        arguments: ["", "<html>", "{}", granted("x"), granted(expiresIn: 0)])
    func badAnswer(body: String) throws {
        let world = ExchangeWorld([ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, 200, body)])
        let error = try world.error(try world.exchanger())
        #expect(error.code == .answerInvalid)
        #expect(!"\(error)".contains("html"))
    }

    @Test(
        "tells each way in which no answer came",
        arguments: [
            (.resolve, 5, .serviceUnavailable), (.connect, 5, .serviceUnavailable), (.proxy, 5, .serviceUnavailable),
            (.tls, 5, .serviceUnavailable), (.timeout, 5, .serviceUnavailable), (.interrupted, 5, .serviceUnavailable),
            (.untrusted, 1, .serverUntrusted), (.proxyRefused, 1, .proxyRefused), (.library, 1, .libraryMissing),
            (.tooLarge, 1, .answerInvalid), (.policy, 1, .endpointRefused),
        ] as [(TransportError.Kind, Int, MintError.Code)])
    func noAnswer(kind: TransportError.Kind, tries: Int, code: MintError.Code) throws {
        let world = ExchangeWorld(
            (0..<tries).flatMap { _ in [ExchangeWorld.minted(), .failure(ExchangeWorld.exchange, kind)] })
        let error = try world.error(try world.exchanger())
        #expect(error.code == code)
        #expect(world.machine.transport.left.isEmpty)
    }

    @Test("keeps a passing trouble of the provider apart from one of the Hub")
    func providerTrouble() throws {
        let world = ExchangeWorld((0..<5).map { _ in .answer(ExchangeWorld.mint, 503) })
        let error = try world.error(try world.exchanger())
        #expect(error.code == .identityUnavailable)
        #expect(error.details == ["tried 5 times"])
    }

    @Test("gives no request more time than the command has left")
    func deadline() throws {
        let world = ExchangeWorld([ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, 200, granted())])
        _ = try world.token(try world.exchanger(timeLimit: .seconds(3)))
        #expect(world.machine.transport.sent.map(\.request.limits.totalMilliseconds) == [3_000, 3_000])
    }

    @Test("says that the token could not be named where the library for that is missing")
    func digests() throws {
        let missing = MintError(.libraryMissing, "libcrypto.so.3 is not installed")
        let machine = FakeMachine(
            GitHubJob.permitted,
            transport: ScriptedTransport([ExchangeWorld.minted(), .answer(ExchangeWorld.exchange, 200, granted())]),
            digests: TestDigests(failing: missing))
        let world = ExchangeWorld(machine: machine)
        #expect(try world.error(try world.exchanger()) == missing)
    }
}
