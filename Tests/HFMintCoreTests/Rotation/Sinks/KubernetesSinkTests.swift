@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("sink kubernetes")
struct KubernetesSinkTests {
    private let text = #"{kind: "kubernetes", namespace: "acme", name: "app", key: "k"}"#
    private let secret = "https://kubernetes.default.svc/api/v1/namespaces/acme/secrets/app"
    private var apply: String { "PATCH \(secret)?fieldManager=hfmint-k&force=false" }
    private let encoded = "czNjcjN0LSJ2YWx1ZSI="
    private let files = MemoryFiles(["/var/run/secrets/kubernetes.io/serviceaccount/token": "t0ken"])

    private func scene(_ script: [ScriptedTransport.Exchange], _ text: String? = nil) throws -> SinkScene {
        try SinkScene(text ?? self.text, script, files: files)
    }

    @Test("applies one key as a manager of its own, with the pod's credential and authority")
    func write() throws {
        let answer = #"{"metadata":{"resourceVersion":"77"},"data":{"k":"\#(encoded)","other":"eA=="}}"#
        let scene = try scene([.answer(apply, 200, answer)])
        #expect(try scene.write() == Evidence(.version, "77"))
        let object = #"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"app","namespace":"acme"},"#
        #expect(scene.bodies == [object + #""data":{"k":"\#(encoded)"}}"#])
        #expect(scene.isFaithful(credential: "Authorization: Bearer t0ken"))
        let sent = try #require(scene.machine.transport.sent.first)
        #expect(sent.contentType == "application/apply-patch+yaml")
        let bundle = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
        #expect(sent.request.trust == .files(bundle: bundle, directory: nil))
    }

    @Test("takes a key from another manager only where that was asked for")
    func conflict() throws {
        let causes = #"{"details":{"causes":[{"reason":"FieldManagerConflict"}]}}"#
        let scene = try scene([.answer(apply, 409, causes)])
        let message = "kubernetes:acme/app#k: another field manager owns the key; `force: true` takes it over"
        #expect(throws: StepFailure(.refused, message)) { try scene.write() }
        let forced = #"{kind: "kubernetes", namespace: "acme", name: "app", key: "k", force: true}"#
        let answer = #"{"metadata":{"resourceVersion":"78"},"data":{"k":"\#(encoded)"}}"#
        let second = try self.scene(
            [.answer("PATCH \(secret)?fieldManager=hfmint-k&force=true", 200, answer)], forced)
        #expect(try second.write() == Evidence(.version, "78"))
    }

    @Test("comes again after a conflict that is not about a manager")
    func busy() throws {
        let scene = try scene([.answer(apply, 409, #"{"reason":"Conflict"}"#)])
        let message = "kubernetes:acme/app#k: others write it at the same time (409)"
        #expect(throws: StepFailure(.transient(retryAfterSeconds: nil), message)) { try scene.write() }
    }

    @Test("does not take the server's word for a value that is another one")
    func mismatch() throws {
        let scene = try scene([.answer(apply, 200, #"{"metadata":{"resourceVersion":"1"},"data":{"k":"eA=="}}"#)])
        #expect(throws: StepFailure.self) { try scene.write() }
    }

    @Test("a preflight applies for nothing a value that is no secret")
    func preflight() throws {
        let scene = try scene([.answer("GET \(secret)", 404, "{}"), .answer("\(apply)&dryRun=All", 201, "{}")])
        try scene.sink.preflight()
        #expect(scene.bodies[1].hasSuffix(#""data":{"k":"aGZtaW50"}}"#))
        let immutable = try self.scene([.answer("GET \(secret)", 200, #"{"immutable":true}"#)])
        #expect(throws: StepFailure(.refused, "kubernetes:acme/app#k: the Secret is immutable")) {
            try immutable.sink.preflight()
        }
    }

    @Test("reads the key")
    func read() throws {
        let scene = try scene([.answer("GET \(secret)", 200, #"{"data":{"k":"\#(encoded)"}}"#)])
        #expect(try scene.sink.look().value?.secret.revealedText() == SinkScene.value)
    }
}
