import HFMintCore
import HFMintTesting
import Testing

@Suite("attempts")
struct AttemptsTests {
    private let passing = TryFailure(MintError(.serviceUnavailable, "busy"), isTransient: true)

    private func machine(random: UInt64 = 0) -> FakeMachine { FakeMachine(random: { random }) }

    private func attempts(_ machine: FakeMachine, seconds: Int = 90) -> Attempts {
        Attempts(until: machine.clock.uptime() + .seconds(seconds))
    }

    @Test("are five at most")
    func five() {
        let machine = machine()
        var attempts = attempts(machine)
        var tries = 1
        while attempts.waitAfterFailure(passing, in: machine.context) { tries += 1 }
        #expect(tries == 5)
        #expect(machine.clock.sleeps.count == 4)
    }

    @Test("end at once where another try would do no better")
    func final() {
        let machine = machine()
        var attempts = attempts(machine)
        let failure = TryFailure(MintError(.exchangeRejected, "no"), retryAfterSeconds: 1)
        let isTriedAgain = attempts.waitAfterFailure(failure, in: machine.context)
        #expect(!isTriedAgain)
        #expect(machine.clock.sleeps.isEmpty)
    }

    @Test(
        "wait for a moment drawn from the whole of a growing range",
        arguments: [
            (0, [0, 0, 0, 0]), (500, [500, 500, 500, 500]), (501, [0, 501, 501, 501]),
            (4_000, [493, 997, 1_999, 4_000]),
            (UInt64.max, [48, 15, 603, 2498]),
        ] as [(UInt64, [Int])])
    func jitter(random: UInt64, milliseconds: [Int]) {
        let machine = machine(random: random)
        var attempts = attempts(machine)
        while attempts.waitAfterFailure(passing, in: machine.context) {}
        #expect(machine.clock.sleeps.map(\.milliseconds) == milliseconds)
    }

    @Test("never wait longer than half a second, doubled at each try")
    func jitterBounds() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<200 {
            let machine = machine(random: random.next())
            var attempts = attempts(machine)
            while attempts.waitAfterFailure(passing, in: machine.context) {}
            let isBounded = zip(machine.clock.sleeps.map(\.milliseconds), [500, 1_000, 2_000, 4_000]).allSatisfy {
                $0 <= $1
            }
            #expect(isBounded)
        }
    }

    @Test(
        "wait at least as long as the server asks, within the deadline",
        arguments: [
            (3, 90, [3_000]), (89, 90, [89_000]), (90, 90, []), (91, 90, []), (315_360_000, 90, []),
            (31_536_000_000, 3_600, []), (0, 90, [0]),
        ])
    func retryAfter(seconds: Int, deadline: Int, milliseconds: [Int]) {
        let machine = machine()
        var attempts = attempts(machine, seconds: deadline)
        let failure = TryFailure(passing.error, isTransient: true, retryAfterSeconds: seconds)
        let isTriedAgain = attempts.waitAfterFailure(failure, in: machine.context)
        #expect(isTriedAgain == !milliseconds.isEmpty)
        #expect(machine.clock.sleeps.map(\.milliseconds) == milliseconds)
    }

    @Test("end with the deadline")
    func deadline() {
        let machine = machine(random: 449)
        var attempts = attempts(machine, seconds: 1)
        var tries = 1
        while attempts.waitAfterFailure(passing, in: machine.context) { tries += 1 }
        #expect(tries == 3)
        #expect(machine.clock.sleeps.map(\.milliseconds) == [449, 449])
    }

    @Test(
        "give a request no more time than is left",
        arguments: [
            (90, 10_000, 20_000), (15, 10_000, 15_000), (5, 5_000, 5_000), (0, 1, 1), (-5, 1, 1),
        ])
    func limits(left: Int, connect: Int, total: Int) {
        let machine = machine()
        let limits = attempts(machine, seconds: left).limits(machine.clock)
        #expect(limits.connectMilliseconds == connect)
        #expect(limits.totalMilliseconds == total)
        #expect(limits.bodyByteCount == 65_536)
    }

    @Test("tell with --verbose what they wait for, and say nothing without it")
    func trace() {
        var machine = machine()
        var attempts = attempts(machine)
        _ = attempts.waitAfterFailure(passing, in: machine.context)
        #expect(machine.output.all.isEmpty)
        machine.context.speaker.verbosity = .verbose
        _ = attempts.waitAfterFailure(passing, in: machine.context)
        #expect(machine.output.err == "hfmint: try 2 of 5: busy; waiting 0 ms\n")
        #expect(machine.output.out.isEmpty)
    }
}

@Suite("http answer")
struct HTTPAnswerTests {
    private func response(_ status: Int, _ headers: (String, String)...) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers.map { HTTPHeader($0.0, $0.1) }, body: Secret(""))
    }

    @Test("is worth another try for some statuses alone")
    func transient() {
        let transient = (100...599).filter { response($0).isTransient }
        #expect(transient == [408, 425, 429] + Array(500...599))
    }

    @Test(
        "says when to come back, as a number or a date",
        arguments: [
            ("0", 0), ("1", 1), ("120", 120), ("315360000", 315_360_000),
            ("99999999999999999999", 31_536_000_000), ("Sat, 21 Nov 2026 03:05:05 GMT", 60),
            ("Sat, 21 Nov 2026 03:04:04 GMT", 0), ("Wed, 18 Nov 2036 03:04:05 GMT", 315_360_000),
            ("-1", nil), ("1.5", nil), ("", nil), (" 1", nil), ("soon", nil), ("1, 2", nil), ("١", nil),
        ] as [(String, Int?)])
    func retryAfter(value: String, seconds: Int?) {
        let now = FrozenClock.usualNow
        let given = response(503, ("retry-after", value)).retryAfterSeconds(now: now)
        #expect(given == seconds)
    }

    // https://huggingface.co/docs/hub/rate-limits
    @Test(
        "says when the Hub's rate limit is lifted",
        arguments: [
            (429, #""api";r=0;t=12"#, 12), (429, #""api";r=0;t=x"#, nil), (429, #""api";r=0"#, nil), (429, "t=5", 5),
            (429, #""api"; r=0; t=55"#, 55), (429, #""api";r=3;t=12"#, nil),
            (503, #""api";r=0;t=12"#, nil), (429, #""api";r=0;t=99999999999999999999"#, 31_536_000_000),
        ] as [(Int, String, Int?)])
    func rateLimit(status: Int, value: String, seconds: Int?) {
        let given = response(status, ("ratelimit", value)).retryAfterSeconds(now: FrozenClock.usualNow)
        #expect(given == seconds)
    }

    @Test("lets `Retry-After` count before a rate limit")
    func order() {
        let both = response(429, ("ratelimit", "t=12"), ("retry-after", "3")).retryAfterSeconds(
            now: FrozenClock.usualNow)
        #expect(both == 3)
    }

    @Test("says nothing about time without those headers")
    func none() {
        let given = response(429).retryAfterSeconds(now: FrozenClock.usualNow)
        #expect(given == nil)
    }
}
