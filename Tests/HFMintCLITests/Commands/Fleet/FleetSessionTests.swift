import HFMintCore
import HFMintTesting
import Testing

@testable import HFMintCLI

@Suite("the session of a fleet")
struct FleetSessionTests {
    private static func root(_ app: String) -> String {
        """
        { version: 1, organization: 'acme', apps: ['\(app)'],
        roles: { all: { access: 'write', resources: ['spaces/acme/*'] } }, fleet: { } }
        """
    }

    private static func app(_ parent: String) -> String {
        "{ version: 1, extends: '\(parent)', fleet: { spaces: { 'acme/chat': {} } } }"
    }

    private static func session(_ app: String, _ own: String? = nil) throws -> FleetSession {
        var texts = ["/m/hfmint.json5": root("apps/chat.json5"), "/m/apps/chat.json5": app]
        texts["/m/apps/own.json5"] = own
        let machine = FakeMachine(files: MemoryFiles(texts))
        let words = ["--manifest", "/m/hfmint.json5", "--app", "apps/chat.json5"]
        return try FleetSession(
            Call(try Arguments(words, for: .fleetDrift), in: machine.context), asksServers: false)
    }

    @Test("is of the app whose parent the user named")
    func app() throws {
        #expect(try Self.session(Self.app("../hfmint.json5")).declared.map(\.name) == ["spaces/acme/chat"])
    }

    @Test("is of no app that brings a parent of its own")
    func ownParent() throws {
        let error = try #require(throws: MintError.self) {
            _ = try Self.session(Self.app("own.json5"), Self.root("chat.json5"))
        }
        #expect(error.code == .usage)
        #expect(error.message == "'/m/apps/chat.json5' extends '/m/apps/own.json5', and not '/m/hfmint.json5'")
    }
}
