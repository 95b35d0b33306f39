import Foundation
import HFMintCLI
import HFMintCore
import HFMintTesting
import Testing

@Suite("hfmint exchange")
struct ExchangeCommandTests {
    private static let jwt = unsignedJWT(["aud": "https://huggingface.co", "iss": "https://issuer.example"])
    private static let hub = "POST https://huggingface.co/oauth/token"
    private static let token = "hf_jwt_abc.def.ghi"

    private static func granted(_ token: String = token) -> ScriptedTransport.Exchange {
        .answer(hub, 200, #"{"access_token":"\#(token)","token_type":"bearer","expires_in":3600}"#)
    }

    private func machine(
        _ script: [ScriptedTransport.Exchange], _ extra: [String: String] = [:],
        output: RecordedOutput = RecordedOutput(),
        writable: Set<String> = []
    ) -> FakeMachine {
        let variables = ["HF_OIDC_ID_TOKEN": Self.jwt, "RUNNER_TEMP": "/r"].merging(extra) { $1 }
        return FakeMachine(
            Environment(entries: variables.map { Array("\($0.key)=\($0.value)".utf8) }),
            transport: ScriptedTransport(script),
            files: MemoryFiles(["/dev/stdin": Self.jwt + "\n"], writable: writable, privateBases: ["/r"]),
            output: output)
    }

    @Test("prints one line of shell that says where the token is, and a word on stderr")
    func shell() {
        let machine = machine([Self.granted()])
        #expect(runTool(["exchange", "acme/model"], in: machine.context) == 0)
        #expect(machine.output.out.hasPrefix("export HF_TOKEN_PATH='/r/hfmint/"))
        #expect(machine.output.out.filter { $0 == "\n" }.count == 1)
        #expect(machine.output.err == "hfmint: HF_TOKEN is a token for acme/model, good for 60 min\n")
    }

    @Test(
        "takes the resource from the environment where none is named",
        arguments: [
            (["HFMINT_RESOURCE": "a/b", "HF_OIDC_RESOURCE": "c/d"], "a/b"),
            (["HF_OIDC_RESOURCE": "datasets/c/d"], "datasets/c/d"),
        ])
    func ambient(variables: [String: String], resource: String) {
        let machine = machine([Self.granted()], variables)
        #expect(runTool(["exchange", "--quiet"], in: machine.context) == 0)
        #expect(machine.transport.sent.first?.body?.contains(#""resource":"\#(resource)""#) == true)
        #expect(machine.output.err.isEmpty)
    }

    @Test("prints the token itself only where that is asked for, and nothing else then")
    func stdout() {
        let machine = machine([Self.granted()])
        #expect(runTool(["exchange", "acme/model", "--deliver", "stdout", "--quiet"], in: machine.context) == 0)
        #expect(machine.output.all == [.init(stream: .out, text: "\(Self.token)\n")])
    }

    @Test("reports as JSON, without the token unless it is asked for", arguments: [true, false])
    func json(printsToken: Bool) throws {
        let machine = machine([Self.granted()])
        let how = printsToken ? "stdout" : "token-file"
        #expect(runTool(["exchange", "acme/model", "--json", "--deliver", how], in: machine.context) == 0)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(machine.output.out.utf8)) as? [String: Any])
        #expect(Set(json.keys) == ["tokens", "environment_file", "deliveries", "errors"])
        let token = try #require((json["tokens"] as? [[String: Any]])?.first)
        #expect(token["name"] as? String == "HF_TOKEN")
        #expect(token["resource"] as? String == "acme/model")
        #expect(token["expires_at"] as? String == "2026-11-21T04:04:05Z")
        #expect((token["sha256"] as? String)?.count == 64)
        #expect(token["access_token"] as? String == (printsToken ? Self.token : nil))
        #expect((token["path"] as? String == nil) == printsToken)
        #expect(machine.output.out.contains(Self.token) == printsToken)
    }

    @Test("lets each of several resources succeed or fail alone")
    func several() {
        let machine = machine([.answer(Self.hub, 400, #"{"error":"invalid_request"}"#), Self.granted()])
        #expect(runTool(["exchange", "a/b", "DATA=datasets/a/c"], in: machine.context) == 3)
        #expect(machine.output.out.hasPrefix("export DATA_PATH='"))
        #expect(machine.output.out.hasSuffix("\n(exit 3)\n"))
        #expect(machine.output.err.contains("refused a token for 'a/b'"))
    }

    @Test("reads the ID token from stdin once, for every resource")
    func standardInput() {
        let machine = machine([Self.granted(), Self.granted("hf_jwt_second.x.y")])
        #expect(runTool(["exchange", "a/b", "DATA=datasets/a/c", "--id-token-file", "-"], in: machine.context) == 0)
    }

    @Test("refuses one file for several tokens, before anything is asked for")
    func oneFile() {
        let machine = machine([])
        #expect(runTool(["exchange", "a/b", "X=a/c", "--deliver", "token-file=/t"], in: machine.context) == 2)
        #expect(machine.files.acts.isEmpty)
    }

    @Test(
        "never lets the token out but where it is delivered",
        arguments: [
            [], ["--json"], ["--verbose"], ["--deliver", "env-file"], ["--deliver", "token-file=/home/t"],
            ["--deliver", "env"],
            ["--json", "--verbose", "--deliver", "output"],
        ])
    func leaks(words: [String]) {
        let machine = machine(
            [Self.granted()], ["GITHUB_ACTIONS": "true", "GITHUB_ENV": "/gh/env", "GITHUB_OUTPUT": "/gh/output"],
            writable: ["/gh/env", "/gh/output", "/home/t"])
        #expect(runTool(["exchange", "acme/model"] + words, in: machine.context) == 0)
        for text in [machine.output.out, machine.output.err, machine.files["/gh/env"], machine.files["/gh/output"]] {
            #expect(text?.contains("hf_jwt_") != true)
            #expect(text?.contains(Self.jwt) != true)
        }
    }

    @Test("serves a second call from the job's directory, without a request")
    func cached() {
        let machine = machine([Self.granted()])
        #expect(runTool(["exchange", "acme/model"], in: machine.context) == 0)
        #expect(runTool(["exchange", "acme/model"], in: machine.context) == 0)
        #expect(machine.transport.sent.count == 1)
    }

    @Test("has everything it wrote removed by `hfmint forget`")
    func forgotten() {
        let machine = machine([Self.granted()], writable: ["/home/t"])
        let words = ["exchange", "acme/model", "--deliver", "shell", "--deliver", "token-file=/home/t"]
        #expect(runTool(words, in: machine.context) == 0)
        let written = machine.files.acts.compactMap { act in
            switch act {
            case .replaceInDirectory(let path, _), .replaceUserFile(let path, _): path
            default: nil
            }
        }
        #expect(written.count > 3)
        #expect(runTool(["forget"], in: machine.context) == 0)
        #expect(written.filter { machine.files[$0] != nil } == [])
    }
}
