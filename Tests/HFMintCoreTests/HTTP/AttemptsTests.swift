import HFMintCore
import HFMintTesting
import Testing

@Suite("attempts")
struct AttemptsTests {
    private let passing = MintError(.serviceUnavailable, "busy", isTransient: true)

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
        let failure = MintError(.exchangeRejected, "no", retryAfterSeconds: 1)
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
    func retryAfter(seconds: Int, timeLimit: Int, milliseconds: [Int]) {
        let machine = machine()
        var attempts = attempts(machine, seconds: timeLimit)
        let failure = MintError(.serviceUnavailable, "busy", isTransient: true, retryAfterSeconds: seconds)
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
