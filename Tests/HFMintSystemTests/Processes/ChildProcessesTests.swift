import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

@Suite("child processes")
struct ChildProcessesTests {
    private func run(
        _ script: String, timeLimit: Duration = .seconds(20), byteLimit: Int = 4_096
    ) throws(ProcessFailure) -> (status: Int, output: String) {
        let command = ChildCommand(["/bin/sh", "-c", script], timeLimit: timeLimit, byteLimit: byteLimit)
        let result = try ChildProcesses().run(command)
        return (result.status, result.output.revealedText())
    }

    @Test(
        "give what a program printed, and its status as a shell reports it",
        arguments: [
            ("echo a; echo b", 0, "a\nb\n"), ("printf x; exit 7", 7, "x"), ("exit 255", 255, ""),
            ("kill -TERM $$", 143, ""), ("kill -KILL $$", 137, ""), (":", 0, ""),
        ])
    func status(script: String, status: Int, output: String) throws {
        #expect(try run(script) == (status, output))
    }

    @Test("keep a program's words to people apart from what it printed")
    func standardError() throws {
        #expect(try run("exec 2>/dev/null; echo words >&2; printf token").output == "token")
    }

    @Test("give a program nothing to read")
    func noInput() throws {
        #expect(try run("cat; if read x; then echo some; else echo none; fi") == (0, "none\n"))
    }

    @Test("look a program up on PATH, unless its name holds a slash")
    func lookUp() throws {
        let result = try ChildProcesses().run(ChildCommand(["echo", "a", "b c", "$HOME", "'"]))
        let text = result.output.revealedText()
        #expect(text == "a b c $HOME '\n")
    }

    @Test(
        "say what could not be started",
        arguments: [
            (["no-such-program-here"], .notFound), (["/no/such/program"], .notFound),
            (["/etc/passwd"], .cannotStart("permission denied")), (["/"], .cannotStart("permission denied")),
        ] as [([String], ProcessFailure)])
    func cannotStart(arguments: [String], failure: ProcessFailure) {
        #expect(throws: failure) { _ = try ChildProcesses().run(ChildCommand(arguments)) }
    }

    @Test(
        "end a program that takes too long, and what it started",
        arguments: [
            "exec sleep 600", "sleep 600", "sleep 600 & wait", "exec >&-; exec sleep 600", "yes | sleep 600",
        ])
    func timeout(script: String) {
        let clock = SystemClock()
        let start = clock.uptime()
        #expect(throws: ProcessFailure.timedOut) { _ = try run(script, timeLimit: .milliseconds(100)) }
        #expect(clock.uptime() - start < .seconds(60))
    }

    @Test("end a program that prints too much")
    func tooMuch() throws {
        #expect(throws: ProcessFailure.tooMuchOutput) { _ = try run("yes", byteLimit: 1_000) }
        #expect(throws: ProcessFailure.tooMuchOutput) { _ = try run("printf 12345", byteLimit: 4) }
        #expect(try run("printf 1234", byteLimit: 4).output == "1234")
    }

    @Test("run side by side, each with its own output")
    func sideBySide() async throws {
        let outputs = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<8 { group.addTask { try run("printf \(number)").output } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outputs.sorted() == (0..<8).map { "\($0)" })
    }
}
