import HFMintCore
import HFMintTesting
import Testing

@testable import HFMintCLI

@Suite("the progress of an apply")
struct FleetProgressTests {
    private static let chat = "spaces/acme/chat"
    private static let events = [
        FleetEvent(chat, .planned(wave: 1, changes: 2)), FleetEvent("spaces/acme/front", .planned(wave: 2, changes: 1)),
        FleetEvent(chat, .writing(path: "variables.LEVEL")), FleetEvent(chat, .waiting(stage: "RUNNING"), seconds: 1),
        FleetEvent(chat, .waiting(stage: "RUNNING"), seconds: 3), FleetEvent(chat, .healthy, seconds: 5),
    ]

    private func told(
        _ events: [FleetEvent], _ words: [String] = [], err: StreamKind = .other, _ environment: Environment = [:]
    ) throws -> RecordedOutput {
        let machine = FakeMachine(environment, output: RecordedOutput(err: err))
        var context = machine.context
        let arguments = try Arguments(words, for: .fleetApply)
        context.speaker.verbosity = try arguments.verbosity()
        let progress = FleetProgress(Call(arguments, in: context))
        for event in events { progress.tell(event) }
        return machine.output
    }

    @Test("is a line for each step in a log, and none for what is seen again")
    func lines() throws {
        #expect(
            try told(Self.events).err == """
                hfmint: spaces/acme/chat: writes variables.LEVEL
                hfmint: spaces/acme/chat: waits, RUNNING (1 s)
                hfmint: spaces/acme/chat: healthy (5 s)

                """)
        #expect(try told(Self.events, ["--quiet"]).err.isEmpty)
    }

    @Test("is a line of JSON for each event, on stdout alone")
    func json() throws {
        let output = try told([Self.events[0], Self.events[3]], ["--json"])
        #expect(
            output.out == """
                {"event":"planned","resource":"spaces/acme/chat","detail":"2","wave":1,"seconds":0}
                {"event":"waiting","resource":"spaces/acme/chat","detail":"RUNNING","wave":null,"seconds":1}

                """)
        #expect(output.err.isEmpty)
    }

    @Test("is a table on a terminal, drawn over itself, below what has ended")
    func table() throws {
        let frames = try told(Self.events, err: .terminal, ["NO_COLOR": "1"]).all.map(\.text)
        #expect(frames.count == Self.events.count)
        #expect(frames[1] == "\u{1B}[1A\u{1B}[J\u{1B}[?7l  2 more to come\n\u{1B}[?7h")
        #expect(frames[4].hasPrefix("\u{1B}[2A\u{1B}[J"))
        #expect(frames[4].contains("  spaces/acme/chat  RUNNING               3 s  variables.LEVEL\n"))
        #expect(frames[5].hasPrefix("\u{1B}[2A\u{1B}[Jhfmint: spaces/acme/chat: healthy (5 s)\n"))
        #expect(frames[5].hasSuffix("\u{1B}[?7l  1 more to come\n\u{1B}[?7h"))
    }

    @Test("has colours on a terminal that wants them, and no table on a dumb one")
    func terminals() throws {
        #expect(try told(Self.events, err: .terminal).err.contains("\u{1B}[32mhealthy\u{1B}[0m"))
        #expect(try !told(Self.events, err: .terminal, ["NO_COLOR": "1"]).err.contains("\u{1B}[32m"))
        #expect(try !told(Self.events, err: .terminal, ["TERM": "dumb"]).err.contains("\u{1B}"))
        #expect(try !told(Self.events, ["--verbose"], err: .terminal).err.contains("\u{1B}"))
    }

    @Test("shows what a Space says of itself as text", arguments: [StreamKind.terminal, .other])
    func hostile(err: StreamKind) throws {
        let event = FleetEvent(Self.chat, .waiting(stage: "RUN\u{1B}[2J\n::error::x"))
        let text = try told([event], err: err, ["NO_COLOR": "1"]).err
        #expect(!text.contains("\u{1B}[2J") && !text.contains("\n::error"))
        #expect(text.contains("RUN\\u{1B}[2J\\n::error::x"))
    }
}
