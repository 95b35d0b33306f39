@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("sink hub-space")
struct HubSpaceSinkTests {
    private let text = #"{kind: "hub-space", token: "env:T", space: "acme/chat", name: "S"}"#
    private let secrets = "https://huggingface.co/api/spaces/acme/chat/secrets"

    private func shown(_ moment: String) -> String {
        #"{"S":{"key":"S","updatedAt":"\#(moment)","description":"for \"chat\""},"T":{"key":"T"}}"#
    }

    @Test("sends value and description, and shows the later time of change")
    func write() throws {
        let scene = try SinkScene(
            text,
            [
                .answer("GET \(secrets)", 200, shown("a")), .answer("POST \(secrets)", 200),
                .answer("GET \(secrets)", 200, shown("b")),
            ])
        #expect(try scene.write() == Evidence(.updated, "b"))
        #expect(
            scene.bodies[1] == #"{"key":"S","description":"for \"chat\"","value":"s3cr3t-\u0022value\u0022"}"#)
        #expect(scene.isFaithful(credential: "Authorization: Bearer t0ken"))
    }

    @Test("never stores the empty value")
    func empty() throws {
        let scene = try SinkScene(text)
        #expect(throws: StepFailure(.refused, "hub-space:acme/chat/S: the value is empty")) {
            try scene.sink.write(Secret(""), idempotencyKey: "k")
        }
    }

    @Test("a preflight refuses a token of Trusted Publishers before it is sent anywhere")
    func publisher() throws {
        let scene = try SinkScene(text, environment: ["T": "hf_jwt_abc"])
        #expect(throws: StepFailure.self) { try scene.sink.preflight() }
        #expect(scene.machine.transport.sent.isEmpty)
    }

    @Test("a preflight refuses a static Space, and no Space whose page is not shown")
    func staticSpace() throws {
        let page = "GET https://huggingface.co/api/spaces/acme/chat"
        let scene = try SinkScene(
            text,
            [
                .answer("GET \(secrets)", 200, "{}"), .answer(page, 200, #"{"id":"acme/chat","sdk":"static"}"#),
                .answer("GET \(secrets)", 200, "{}"), .answer(page, 200, #"{"id":"acme/chat","sdk":"docker"}"#),
                .answer("GET \(secrets)", 200, "{}"), .answer(page, 500),
            ])
        #expect(
            throws: StepFailure(.refused, "hub-space:acme/chat/S: a static Space hands its secrets to every browser")
        ) { try scene.sink.preflight() }
        try scene.sink.preflight()
        try scene.sink.preflight()
    }

    @Test("a preflight is tried again if the program that gives the token asks to come back")
    func programOfToken() throws {
        let text = #"{kind: "hub-space", token: {command: ["/opt/token"]}, space: "acme/chat", name: "S"}"#
        let scene = try SinkScene(text, processes: ScriptedProcesses([(["/opt/token"], .exit(75, ""))]))
        let failure = try RotationFixtures.failure { try scene.sink.preflight() }
        #expect(failure.kind == .transient(retryAfterSeconds: nil))
    }
}
