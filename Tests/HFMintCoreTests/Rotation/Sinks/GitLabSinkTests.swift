@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("sink gitlab")
struct GitLabSinkTests {
    private let text = #"{kind: "gitlab", token: "env:T", project: "acme/app", key: "S"}"#
    private let list = "https://gitlab.com/api/v4/projects/acme%2Fapp/variables"
    private var one: String { "\(list)/S?filter%5Benvironment_scope%5D=%2A" }
    private let shown = #"{"value":"s3cr3t-\"value\"","hidden":false}"#
    private let escaped = #"s3cr3t-\u0022value\u0022"#

    @Test("updates the value alone, and reads it back")
    func update() throws {
        let scene = try SinkScene(
            text,
            [
                .answer("GET \(one)", 200, #"{"value":"old"}"#), .answer("PUT \(one)", 200),
                .answer("GET \(one)", 200, shown),
            ])
        #expect(try scene.write() == Evidence(.readBack))
        #expect(scene.bodies[1] == #"{"value":"\#(escaped)"}"#)
        #expect(scene.isFaithful(credential: "Authorization: Bearer t0ken"))
    }

    @Test("makes a masked one where there is none")
    func create() throws {
        let scene = try SinkScene(
            text,
            [
                .answer("GET \(one)", 404, #"{"message":"404 Variable Not Found"}"#), .answer("POST \(list)", 201),
                .answer("GET \(one)", 200, shown),
            ])
        #expect(try scene.write() == Evidence(.readBack))
        #expect(
            scene.bodies[1]
                == #"{"key":"S","environment_scope":"*","masked":true,"raw":true,"value":"\#(escaped)"}"#)
    }

    @Test("writes nothing where the value is there already")
    func same() throws {
        let scene = try SinkScene(text, [.answer("GET \(one)", 200, shown)])
        #expect(try scene.write() == Evidence(.readBack))
    }

    @Test("claims no more than a yes for a hidden variable, and cannot read it")
    func hidden() throws {
        let hidden = #"{"value":null,"hidden":true}"#
        let scene = try SinkScene(
            text, [.answer("GET \(one)", 200, hidden), .answer("PUT \(one)", 200), .answer("GET \(one)", 200, hidden)])
        #expect(try scene.write() == Evidence(.accepted))
    }

    @Test("says that the value cannot be masked")
    func unmaskable() throws {
        let scene = try SinkScene(text, [.answer("GET \(one)", 200, #"{"value":"old"}"#), .answer("PUT \(one)", 400)])
        let message = "gitlab:project/acme/app/S/*: the value cannot be what the variable is, for instance masked (400)"
        #expect(throws: StepFailure(.refused, message)) { try scene.write() }
    }
}
