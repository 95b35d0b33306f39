@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("sink vault")
struct VaultSinkTests {
    private let text =
        #"{kind: "vault", token: "env:T", url: "https://v.example", namespace: "team", path: "a b/app", field: "f"}"#
    private let data = "https://v.example/v1/secret/data/a%20b/app"
    private let target = "vault:https://v.example/team/secret/a b/app#f"
    private let patched = #"{"options":{"cas":4},"data":{"f":"s3cr3t-\u0022value\u0022"}}"#

    private func there(_ version: Int, _ data: String = #"{"f":"old","x":[1, "ä"]}"#) -> ScriptedTransport.Exchange {
        .answer("GET \(self.data)", 200, #"{"data":{"data":\#(data),"metadata":{"version":\#(version)}}}"#)
    }

    private func made(_ method: String, _ version: Int) -> ScriptedTransport.Exchange {
        .answer("\(method) \(data)", 200, #"{"data":{"version":\#(version)}}"#)
    }

    @Test("patches the field against the version that was read")
    func patch() throws {
        let scene = try SinkScene(text, [there(4), made("PATCH", 5)])
        #expect(try scene.write() == Evidence(.version, "5"))
        #expect(scene.bodies[1] == patched)
        #expect(scene.machine.transport.sent[1].contentType == "application/merge-patch+json")
        #expect(scene.isFaithful(credential: "X-Vault-Token: t0ken"))
        #expect(
            scene.machine.transport.sent[1].request.headers.contains(HTTPHeader("X-Vault-Namespace", "team")))
    }

    @Test("without the capability to patch, writes every sibling back byte by byte", arguments: [403, 405])
    func merge(status: Int) throws {
        let scene = try SinkScene(text, [there(4), .answer("PATCH \(data)", status), made("POST", 5)])
        #expect(try scene.write() == Evidence(.version, "5"))
        #expect(
            scene.bodies[2] == #"{"options":{"cas":4},"data":{"f":"s3cr3t-\u0022value\u0022","x":[1, "ä"]}}"#)
    }

    @Test("reads again after another writer, and writes on top of that")
    func conflict() throws {
        let scene = try SinkScene(text, [there(3), .answer("PATCH \(data)", 400), there(4), made("PATCH", 5)])
        #expect(try scene.write() == Evidence(.version, "5"))
        #expect(scene.bodies[3] == patched)
    }

    @Test("gives up where the server takes no such write, though nobody else writes")
    func refused() throws {
        let scene = try SinkScene(text, [there(4), .answer("PATCH \(data)", 400), there(4)])
        #expect(throws: StepFailure(.refused, "\(target): the server takes no such write (400)")) {
            try scene.write()
        }
    }

    @Test("writes nothing where the value is there already")
    func same() throws {
        let scene = try SinkScene(text, [there(9, #"{"f":"s3cr3t-\"value\""}"#)])
        #expect(try scene.write() == Evidence(.version, "9"))
    }

    @Test(
        "makes it where there is none, or the last version is deleted",
        arguments: [(#"{"errors":[]}"#, 0), (#"{"data":{"data":null,"metadata":{"version":4}}}"#, 4)])
    func absent(answer: String, cas: Int) throws {
        let scene = try SinkScene(text, [.answer("GET \(data)", 404, answer), made("POST", cas + 1)])
        #expect(try scene.write() == Evidence(.version, "\(cas + 1)"))
        #expect(scene.bodies[1] == #"{"options":{"cas":\#(cas)},"data":{"f":"s3cr3t-\u0022value\u0022"}}"#)
    }

    @Test("a preflight refuses version 1 of the engine, and a credential that may not write")
    func preflight() throws {
        let mount = "GET https://v.example/v1/sys/internal/ui/mounts/secret"
        let self1 = "POST https://v.example/v1/sys/capabilities-self"
        let version1 = try SinkScene(text, [.answer(mount, 200, #"{"data":{"options":{"version":"1"}}}"#)])
        #expect(throws: StepFailure(.refused, "\(target): the secrets engine is not KV version 2")) {
            try version1.sink.preflight()
        }
        let reader = try SinkScene(
            text, [.answer(mount, 403, "{}"), .answer(self1, 200, #"{"capabilities":["read","list"]}"#)])
        #expect(throws: StepFailure(.refused, "\(target): the credential may not read and write it")) {
            try reader.sink.preflight()
        }
        #expect(reader.bodies[1] == #"{"paths":["secret/data/a b/app"]}"#)
        let writer = try SinkScene(
            text, [.answer(mount, 403, "{}"), .answer(self1, 200, #"{"capabilities":["read","patch"]}"#), there(1)])
        try writer.sink.preflight()
    }
}
