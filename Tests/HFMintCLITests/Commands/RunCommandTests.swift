import HFMintCLI
import HFMintCore
import HFMintTesting
import Testing

@Suite("hfmint run")
struct RunCommandTests {
    private static let jwt = unsignedJWT(["aud": "https://huggingface.co"])
    private static let granted = ScriptedTransport.Exchange.answer(
        "POST https://huggingface.co/oauth/token", 200,
        #"{"access_token":"hf_jwt_abc.def.ghi","token_type":"bearer","expires_in":3600}"#)

    private func machine(
        _ ending: Result<Int32, ProcessFailure>, _ environment: Environment
    ) -> FakeMachine {
        FakeMachine(
            environment, transport: ScriptedTransport([Self.granted]),
            files: MemoryFiles(["/dev/stdin": Self.jwt], privateBases: ["/r"]),
            supervisor: ScriptedSupervisor([(["python", "train.py"], ending)]))
    }

    private let words = ["run", "acme/model", "--", "python", "train.py"]

    @Test(
        "has the status of the program that it runs",
        arguments: [
            (.success(0), 0), (.success(7), 7), (.success(143), 143), (.failure(.notFound), 127),
            (.failure(.cannotStart("permission denied")), 126),
        ] as [(Result<Int32, ProcessFailure>, Int32)])
    func status(ending: Result<Int32, ProcessFailure>, status: Int32) {
        let machine = machine(ending, ["HF_OIDC_ID_TOKEN": .init(Self.jwt), "RUNNER_TEMP": "/r"])
        #expect(runTool(words, in: machine.context) == status)
        #expect(machine.output.out.isEmpty)
        #expect(machine.transport.closings == 1)
    }

    @Test("gives the program a path to the token, and nothing that would win over it")
    func environment() throws {
        let machine = machine(
            .success(0),
            [
                "HF_OIDC_ID_TOKEN": .init(Self.jwt), "RUNNER_TEMP": "/r", "HF_TOKEN": "hf_old",
                "HF_OIDC_RESOURCE": "x/y", "A": "b",
            ])
        #expect(runTool(words, in: machine.context) == 0)
        let started = try #require(machine.supervisor.started.first)
        #expect(started.hasRenewal)
        #expect(started.environment.contains { $0.hasPrefix("HF_TOKEN_PATH=/r/hfmint/") })
        #expect(started.environment.contains("HFMINT_RESOURCE=acme/model") && started.environment.contains("A=b"))
        let names = started.environment.map { $0.prefix { $0 != "=" } }
        #expect(
            !names.contains("HF_TOKEN") && !names.contains("HF_OIDC_RESOURCE") && !names.contains("HF_OIDC_ID_TOKEN"))
        #expect(!started.environment.contains { $0.contains("hf_jwt_") })
        // What the program was given is gone when it ends.
        let path = started.environment.first { $0.hasPrefix("HF_TOKEN_PATH=") }?.dropFirst("HF_TOKEN_PATH=".count)
        #expect(machine.files[String(path ?? "")] == nil)
    }

    @Test("reads an ID token from stdin once")
    func standardInput() {
        let machine = machine(.success(0), ["RUNNER_TEMP": "/r"])
        let words = ["run", "acme/model", "--id-token-file", "-", "--", "python", "train.py"]
        #expect(runTool(words, in: machine.context) == 0)
        // The program's git helper has git's question on its stdin.
        #expect(!machine.supervisor.started.contains { $0.environment.contains { $0.contains("--id-token-file") } })
    }
}
