import Foundation
import HFMintCLI
import HFMintCore
import HFMintTesting
import Testing

@Suite("hfmint")
struct RunToolTests {
    private func run(_ words: [String], on machine: FakeMachine = FakeMachine()) -> (
        status: Int32, out: String, err: String
    ) {
        let status = runTool(words, in: machine.context)
        return (status, machine.output.out, machine.output.err)
    }

    @Test("prints its version, as text or as JSON")
    func version() {
        #expect(run(["--version"]) == (0, "hfmint \(hfmintVersion)\n", ""))
        #expect(run(["--version", "--json"]) == (0, "{\"version\":\"\(hfmintVersion)\"}\n", ""))
    }

    @Test(
        "explains itself on stdout",
        arguments: [
            ["help"], ["--help"], ["-h"], ["help", "exchange"], ["--help", "exchange"], ["exchange", "--help"],
            ["exchange", "-h"],
            ["exchange", "a/b", "--help"],
        ])
    func help(words: [String]) {
        let result = run(words)
        #expect(result.status == 0 && result.err.isEmpty)
        #expect(result.out.hasPrefix(words.contains("exchange") ? "usage: hfmint exchange" : "hfmint: "))
    }

    @Test(
        "refuses what it does not know, with a hint",
        arguments: [
            (["exchnage"], "unknown command 'exchnage'", "did you mean 'exchange'?"),
            (["xyzzy"], "unknown command 'xyzzy'", "see `hfmint help`"),
            (["help", "exchnage"], "unknown command 'exchnage'", "did you mean 'exchange'?"),
            (["--verson"], "unknown option '--verson' for 'hfmint'", "see `hfmint help`"),
            (["--version", "x"], "unexpected argument 'x' for 'hfmint --version'", "see `hfmint help`"),
            (["--quiet", "--verbose"], "--quiet and --verbose exclude each other", "give one of them"),
            (["Exchange"], "unknown command 'Exchange'", "did you mean 'exchange'?"),
        ])
    func usage(words: [String], message: String, hint: String) {
        let result = run(words)
        #expect(result.status == 2)
        // A slip of `exchange` may stand in an `eval`, which would succeed on nothing.
        #expect(result.out == (words[0].lowercased().hasPrefix("e") || words[0] == "xyzzy" ? "(exit 2)\n" : ""))
        #expect(result.err == "hfmint: error: \(message) [usage]\nhfmint: hint: \(hint)\n")
    }

    @Test(
        "hands a failure to the shell that evaluates its output, as `eval \"\"` would succeed",
        arguments: [
            ["exchange", "a/b", "--bogus"], ["exchange", "a//b"], ["exchange"],
            ["exchange", "a/b", "--deliver", "bogus"],
            ["exchange", "a/b", "--deliver=shell", "--deadline=0"], ["exchange", "a/b", "c/d"],
            ["exchange", "a/b", "--quiet", "--verbose"],
        ])
    func evaluated(words: [String]) {
        let machine = FakeMachine(
            ["HF_OIDC_ID_TOKEN": "x", "RUNNER_TEMP": "/r"], files: MemoryFiles(privateBases: ["/r"]))
        let result = run(words, on: machine)
        #expect(result.status == 2)
        #expect(result.out == "(exit 2)\n")
        #expect(result.err.hasPrefix("hfmint: error: "))
    }

    @Test("says a failure on stderr alone where nobody evaluates stdout")
    func notEvaluated() {
        #expect(run(["exchange", "a//b", "--deliver", "token-file"]).out.isEmpty)
        #expect(run(["exchange", "a//b"], on: FakeMachine(output: RecordedOutput(out: .terminal))).out.isEmpty)
    }

    @Test(
        "prints a failure as one JSON object, with the same exit status",
        arguments: [
            ["exchange", "a//b", "--json"], ["--json", "--bogus"], ["exchnage", "--json"],
            ["exchange", "--json", "--bogus"],
        ])
    func jsonError(words: [String]) throws {
        let result = run(words)
        let json = try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any]
        let error = try #require(json?["error"] as? [String: Any])
        #expect(json?.count == 1)
        #expect(Set(error.keys) == ["code", "message", "details", "hint", "exit_status"])
        #expect(error["code"] as? String == "usage")
        #expect(error["exit_status"] as? Int == 2)
        #expect(result.out.hasSuffix("}\n") && result.out.filter { $0 == "\n" }.count == 1)
        #expect(result.status == 2 && !result.err.isEmpty)
    }

    @Test("quotes nothing that could start a command of the provider, or move the cursor")
    func escapes() {
        let result = run(["exch\n::add-mask::x\r\u{1B}[2J\u{202E}##[error]"])
        #expect(result.err.split(separator: "\n").count == 2)
        #expect(result.err.split(separator: "\n").allSatisfy { $0.hasPrefix("hfmint: ") })
        #expect(!result.err.unicodeScalars.contains { ["\u{1B}", "\r", "\u{202E}"].contains($0) })
        #expect(!result.err.contains("##["))
    }

    @Test(
        "uses colours on a terminal alone, and never where they are not wanted",
        arguments: [
            (.terminal, [:], true), (.terminal, ["TERM": "xterm"], true), (.terminal, ["NO_COLOR": "1"], false),
            (.terminal, ["NO_COLOR": ""], true), (.terminal, ["TERM": "dumb"], false), (.file, [:], false),
            (.other, [:], false),
        ] as [(StreamKind, Environment, Bool)])
    func colours(kind: StreamKind, environment: Environment, isColoured: Bool) {
        let machine = FakeMachine(environment, output: RecordedOutput(err: kind))
        #expect(run(["xyzzy"], on: machine).err.contains("\u{1B}[") == isColoured)
    }

    @Test("fails where what it prints is lost, but keeps the status of another failure")
    func lostOutput() {
        let machine = FakeMachine()
        var context = machine.context
        context.speaker.output = FullDisk(stderr: machine.output)
        #expect(runTool(["--version"], in: context) == 5)
        #expect(machine.output.all == [.init(stream: .err, text: "hfmint: error: no space left [state-unusable]\n")])
        #expect(runTool(["xyzzy"], in: context) == 2)
    }

    @Test("touches nothing for a command line that it refuses")
    func untouched() {
        let machine = FakeMachine(["GITHUB_ACTIONS": "true"])
        _ = run(["exchange", "a/b", "--bogus"], on: machine)
        #expect(machine.files.acts.isEmpty && machine.transport.sent.isEmpty && machine.processes.started.isEmpty)
    }

    @Test(
        "keeps its own failures apart from those of a program that it runs",
        arguments: [
            ["run"], ["run", "a/b"], ["run", "a/b", "--"], ["run", "a//b", "--", "true"],
            ["run", "--bogus", "--", "true"],
            ["run", "a/b", "c/d", "--", "true"],
        ])
    func ownFailure(words: [String]) {
        #expect(run(words).status == 125)
    }
}

/// An output that loses all that goes to stdout.
private struct FullDisk: Output {
    let stderr: RecordedOutput
    let failure: String? = "no space left"

    func write(_ text: borrowing Secret, to stream: HFMintCore.OutputStream) {
        if stream == .err { stderr.write(text, to: stream) }
    }

    func kind(of stream: HFMintCore.OutputStream) -> StreamKind { .other }
}
