import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

@Suite("a child's input")
struct ChildInputTests {
    private func run(_ script: String, input: String, timeLimit: Duration = .seconds(20), byteLimit: Int = 4 << 20)
        throws(ProcessFailure) -> (status: Int, output: String)
    {
        let command = ChildCommand(
            ["/bin/sh", "-c", script], input: SharedSecret(Secret(input)), timeLimit: timeLimit,
            byteLimit: byteLimit)
        let result = try ChildProcesses().run(command)
        return (result.status, result.output.revealedText())
    }

    @Test("arrives whole, and ends", arguments: [0, 1, 4_095, 65_536, 65_537, 1 << 20])
    func whole(count: Int) throws {
        let text = String(repeating: "x", count: count)
        #expect(try run("cat", input: text) == (0, text))
    }

    @Test("may come back while it is still being written, and slowly")
    func slowly() throws {
        let text = String(repeating: "0123456789abcdef", count: 20_000)
        #expect(try run("sleep 0.2; dd bs=1000 status=none; sleep 0.1", input: text).output == text)
    }

    @Test(
        "may be left unread, in part or whole, without harm to us",
        arguments: ["exit 3", "exec <&-; exit 3", "exec <&-; sleep 0.2; exit 3", "head -c 10 >/dev/null; exit 3"])
    func unread(script: String) throws {
        #expect(try run(script, input: String(repeating: "x", count: 1 << 20)) == (3, ""))
    }

    @Test("does not keep a child alive that takes too long")
    func timeout() {
        #expect(throws: ProcessFailure.timedOut) {
            _ = try run("sleep 600", input: String(repeating: "x", count: 1 << 20), timeLimit: .milliseconds(300))
        }
    }

    @Test("does not let a child answer without end")
    func tooMuch() {
        #expect(throws: ProcessFailure.tooMuchOutput) {
            _ = try run("cat", input: String(repeating: "x", count: 1 << 16), byteLimit: 1_000)
        }
    }
}
