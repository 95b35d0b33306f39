@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("sink command")
struct CommandSinkTests {
    private let text = #"{kind: "command", command: ["/opt/put", "x"]}"#
    private let readable = #"{kind: "command", command: ["/opt/put", "x"], readable: true, preflight: true}"#
    private let words = ["/opt/put", "x"]

    private func scene(_ text: String, _ endings: [ScriptedProcesses.Ending]) throws -> SinkScene {
        try SinkScene(
            text, files: MemoryFiles(kinds: ["/opt/put": .regular]),
            processes: ScriptedProcesses(endings.map { (words, $0) }))
    }

    private func inputs(_ scene: SinkScene) -> [String] {
        scene.machine.processes.started.map { $0.input?.secret.revealedText() ?? "" }
    }

    @Test("gets one line about the write, then the value, on stdin alone")
    func write() throws {
        let scene = try scene(text, [.exit(0, "")])
        try scene.sink.preflight()
        #expect(try scene.write() == Evidence(.accepted))
        let line = #"{"operation":"write","token":"hfmint:app:1:0123456789abcdef"}"#
        #expect(inputs(scene) == ["\(line)\n\(SinkScene.value)"])
    }

    @Test(
        "its word is taken for a version or a time, and for nothing else",
        arguments: [
            (#"{"evidence":"version","detail":"7"}"#, Evidence(.version, "7")),
            (#"{"evidence":"updated","detail":"2026-01-01T00:00:00Z"}"#, Evidence(.updated, "2026-01-01T00:00:00Z")),
            (#"{"evidence":"read back"}"#, Evidence(.accepted)),
            ("done", Evidence(.accepted)),
            (#"{"evidence":"version","detail":"two words"}"#, Evidence(.version)),
            (#"{"evidence":"version","detail":""# + SinkScene.value + #""}"#, Evidence(.accepted)),
        ])
    func evidence(output: String, expected: Evidence) throws {
        #expect(try scene(text, [.exit(0, output)]).write() == expected)
    }

    @Test("is called to see and to read only where the manifest says so")
    func read() throws {
        let scene = try scene(readable, [.exit(0, ""), .exit(0, ""), .exit(0, "\(SinkScene.value)\n")])
        try scene.sink.preflight()
        #expect(try scene.write() == Evidence(.readBack))
        #expect(inputs(scene)[0] == "{\"operation\":\"preflight\"}\n")
        #expect(inputs(scene)[2] == "{\"operation\":\"read\"}\n")
        #expect(try !self.scene(text, []).sink.isReadable)
    }

    @Test(
        "its end has the one meaning; the same token is the same write, so a doubt is tried again",
        arguments: ProgramEnding.all)
    func endings(end: ProgramEnding) throws {
        let scene = try scene(readable, [end.ending, end.ending, end.ending])
        let kind: StepFailure.Kind =
            switch end.meaning {
            case .refused, .notStarted: .refused
            case .later, .unknown: .transient(retryAfterSeconds: nil)
            }
        let failures = [
            try RotationFixtures.failure { try scene.sink.preflight() },
            try RotationFixtures.failure { _ = try scene.write() },
            try RotationFixtures.failure { _ = try scene.sink.look() },
        ]
        #expect(
            failures
                == ["preflight", "write", "read"].map { operation in
                    StepFailure(kind, "command:/opt/put x: \(operation): '/opt/put' \(end)")
                })
    }
}
