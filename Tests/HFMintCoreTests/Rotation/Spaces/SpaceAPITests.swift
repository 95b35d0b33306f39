@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("the one writer of a Space")
struct SpaceAPITests {
    private static let base = "https://huggingface.co/api/spaces/acme/chat"

    private struct Scene {
        let machine: FakeMachine
        let space: SpaceAPI

        init(_ script: [ScriptedTransport.Exchange]) throws {
            machine = FakeMachine([:], script: script)
            let access = HubAccess(
                .huggingFace, endpointsURL: HTTPURL(.huggingFace, "/"), token: SharedSecret(Secret("t0ken")),
                in: machine.context)
            space = access.space(try Resource(parsing: "spaces/acme/chat", endpoint: .huggingFace))
        }

        var bodies: [String] { machine.transport.sent.map { $0.body ?? "" } }
    }

    @Test("sends a secret with the description that it has, and never without a value")
    func secret() throws {
        let scene = try Scene([
            .answer("POST \(Self.base)/secrets"), .answer("POST \(Self.base)/secrets", 204),
        ])
        try scene.space.setSecret("K", Secret("v\"\u{1}"), description: "of \u{202E}us [hfmint 1 chat g2]")
        try scene.space.setSecret("K", Secret("w"), description: nil)
        #expect(
            scene.bodies == [
                #"{"key":"K","description":"of \u202eus [hfmint 1 chat g2]","value":"v\u0022\u0001"}"#,
                #"{"key":"K","value":"w"}"#,
            ])
        let failure = try RotationFixtures.failure { try scene.space.setSecret("K", Secret(""), description: "d") }
        #expect(failure.kind == .refused && scene.bodies.count == 2)
    }

    @Test("a secret whose answer is lost may be written; one that is refused is not")
    func lost() throws {
        let line = "POST \(Self.base)/secrets"
        for exchange in [
            ScriptedTransport.Exchange.failure(line, .interrupted), .failure(line, .timeout), .answer(line, 504),
            .answer(line, 200, "\n<!doctype html>"),
        ] {
            let scene = try Scene([exchange])
            let failure = try RotationFixtures.failure { try scene.space.setSecret("K", Secret("v"), description: nil) }
            #expect(failure.kind == .ambiguous)
            #expect(scene.machine.transport.sent[0].request.actsOnce)
        }
        for exchange in [ScriptedTransport.Exchange.failure(line, .connect), .answer(line, 429)] {
            let scene = try Scene([exchange])
            let failure = try RotationFixtures.failure { try scene.space.setSecret("K", Secret("v"), description: nil) }
            #expect(failure.kind == .transient(retryAfterSeconds: nil))
        }
        let refused = try Scene([.answer(line, 403, #"{"error":"no"}"#)])
        let failure = try RotationFixtures.failure { try refused.space.setSecret("K", Secret("v"), description: nil) }
        #expect(
            failure == StepFailure(.refused, "spaces/acme/chat: the credential may not do this (403)"))
        let polite = try Scene([.answer(line, 200, #"{"error":"you may not"}"#)])
        let no = try RotationFixtures.failure { try polite.space.setSecret("K", Secret("v"), description: nil) }
        #expect(no == StepFailure(.refused, "spaces/acme/chat: answered 200, and that there is an error"))
    }

    @Test("reads names, descriptions and times, each of which may be absent")
    func secrets() throws {
        let body = #"{"A":{"key":"A","description":"d","updatedAt":"2026-11-27T00:00:00.000Z"},"B":{"key":"B"},"C":{}}"#
        let scene = try Scene([
            .answer("GET \(Self.base)/secrets", 200, body), .answer("GET \(Self.base)/secrets", 200, "{}"),
        ])
        #expect(
            try scene.space.secrets() == [
                SecretState(name: "A", description: "d", updatedAt: "2026-11-27T00:00:00.000Z"),
                SecretState(name: "B"), SecretState(name: "C"),
            ])
        #expect(try scene.space.secrets().isEmpty)
    }

    @Test(
        "what is no map of secrets is a failure, and never no secrets",
        arguments: ["[]", "null", "", "<html>", #"{"A":"x"}"#, #"{"A":null}"#, #"{"error":"busy"}"#])
    func noMap(body: String) throws {
        let scene = try Scene([.answer("GET \(Self.base)/secrets", 200, body)])
        let failure = try RotationFixtures.failure { _ = try scene.space.secrets() }
        #expect(failure.kind == .transient(retryAfterSeconds: nil))
    }

    @Test("a variable's write shows all variables, or nothing")
    func variables() throws {
        let line = "POST \(Self.base)/variables"
        let scene = try Scene([
            .answer(line, 200, #"{"K":{"key":"K","value":"v"},"L":{"key":"L","value":""}}"#), .answer(line, 200, "{}"),
            .answer(line, 201), .answer(line, 200, #"{"ok":true}"#),
        ])
        let shown = try scene.space.setVariable("K", "v", description: "d")
        #expect(shown == [VariableState(name: "K", value: "v"), VariableState(name: "L", value: "")])
        #expect(scene.bodies[0] == #"{"key":"K","value":"v","description":"d"}"#)
        #expect(try scene.space.setVariable("K", "v", description: nil) == [])
        #expect(try scene.space.setVariable("K", "v", description: nil) == nil)
        #expect(try scene.space.setVariable("K", "v", description: nil) == nil)
    }

    @Test("sends each setting as the Hub takes it")
    func settings() throws {
        let scene = try Scene([
            .answer("POST \(Self.base)/hardware"), .answer("POST \(Self.base)/sleeptime"),
            .answer("POST \(Self.base)/sleeptime"), .answer("PUT \(Self.base)/settings"),
            .answer("PUT \(Self.base)/volumes"), .answer("DELETE \(Self.base)/volumes"),
            .answer("DELETE \(Self.base)/secrets"), .answer("DELETE \(Self.base)/variables"),
        ])
        try scene.space.setHardware("t4-small")
        try scene.space.setSleep(.seconds(3_600))
        try scene.space.setSleep(.never)
        try scene.space.setVisibility(.protected)
        try scene.space.setVolumes([
            Volume(type: "model", source: "acme/m", mountPath: "/m"),
            Volume(type: "bucket", source: "acme/b", mountPath: "/b", path: "in"),
        ])
        try scene.space.setVolumes([])
        try scene.space.deleteSecret("K")
        try scene.space.deleteVariable("L")
        #expect(
            scene.bodies == [
                #"{"flavor":"t4-small"}"#, #"{"seconds":3600}"#, #"{"seconds":-1}"#, #"{"visibility":"protected"}"#,
                #"{"volumes":[{"type":"model","source":"acme/m","mountPath":"/m"},"#
                    + #"{"type":"bucket","source":"acme/b","mountPath":"/b","readOnly":false,"path":"in"}]}"#,
                "", #"{"key":"K"}"#, #"{"key":"L"}"#,
            ])
        #expect(scene.machine.transport.left.isEmpty)
    }

    @Test("never sends a list of volumes of which one is hidden")
    func masked() throws {
        let scene = try Scene([])
        let failure = try RotationFixtures.failure {
            try scene.space.setVolumes([Volume(type: "model", source: "****/******", mountPath: "/m")])
        }
        #expect(failure.kind == .refused)
    }

    @Test("no list of volumes at a Space's own runtime means that it has none")
    func volumes() throws {
        let scene = try Scene([
            .answer("GET \(Self.base)/runtime", 200, #"{"stage":"PAUSED","gcTimeout":null}"#),
            .answer("GET \(Self.base)/runtime", 200, #"{"hardware":{}}"#),
        ])
        #expect(try scene.space.runtime() == SpaceRuntime(stage: "PAUSED", volumes: []))
        #expect(throws: StepFailure.self) { try scene.space.runtime() }
    }

    @Test(
        "tells a Space that is renamed from one that is not found, and follows nobody",
        arguments: [
            (200, [:], #"{"id":"acme/chat","private":true}"#, "there"),
            (200, [:], #"{"id":"acme/Chat","private":true}"#, "acme/Chat"),
            (307, ["location": "/api/spaces/other/talk"], "", "other/talk"),
            (301, ["location": "https://huggingface.co/api/spaces/other/talk?x=1"], "", "other/talk"),
            (307, ["location": "https://evil.example/api/spaces/other/talk"], "", "unreadable"),
            (307, ["location": "/api/models/other/talk"], "", "unreadable"),
            (307, ["location": "/api/spaces/other/talk/secrets"], "", "unreadable"), (308, [:], "", "unreadable"),
            (404, ["x-error-code": "RepoNotFound"], "", "not found"),
            (404, [:], #"{"error":"Repository not found"}"#, "not found"), (404, [:], "<html>", "unreadable"),
        ] as [(Int, [String: String], String, String)])
    func page(status: Int, headers: [String: String], body: String, found: String) throws {
        let scene = try Scene([.answer("GET \(Self.base)", status, body, headers: headers)])
        switch try scene.space.info() {
        case .there: #expect(found == "there")
        case .renamed(let name): #expect(found == name)
        case .unreadable: #expect(found == "unreadable")
        case .missing: #expect(found == "not found")
        }
        #expect(scene.machine.transport.sent.count == 1)
    }
}
