import HFMintCore
import HFMintTesting
import Testing

@Suite("sink command")
struct SinkCommandTests {
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
        "its exit status says whether to come again",
        arguments: [
            (ScriptedProcesses.Ending.exit(75, ""), true), (.exit(4, ""), true), (.exit(1, ""), false),
            (.failure(.timedOut), true), (.failure(.notFound), false), (.failure(.tooMuchOutput), false),
        ])
    func status(ending: ScriptedProcesses.Ending, again: Bool) throws {
        do {
            _ = try scene(text, [ending]).write()
            Issue.record("it did not fail")
        } catch let error as StepFailure {
            #expect(error.kind == (again ? .transient(retryAfterSeconds: nil) : .refused))
        }
    }
}
