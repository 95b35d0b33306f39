@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("fleet: rights of its credentials")
struct FleetPreflightTests {
    private static let space = "/api/spaces/acme/chat"
    private static let checks = "/api/inference-endpoints/acme"

    /// A Hub that grants everything.
    private static let granting: [String: [AnsweringHub.Answer]] = [
        "GET \(space)/auth-check": [.json("")], "GET \(space)/auth-check/write": [.json("")],
        "GET \(space)/secrets": [.json("{}")], "POST \(checks)/auth-check/read": [.json("{}")],
        "POST \(checks)/auth-check/write": [.json("{}")],
    ]

    private static func missing(
        _ changes: [String: [AnsweringHub.Answer]] = [:], apply: String? = "hf_t0ken", admin: String? = nil
    ) throws -> [String] {
        let hub = AnsweringHub(granting.merging(changes) { $1 })
        var machine = FakeMachine()
        machine.context.machine.transport = hub
        func access(_ token: String) -> HubAccess {
            HubAccess(
                .huggingFace, endpointsURL: HTTPURL(.huggingFace, "/"), token: SharedSecret(Secret(token)),
                in: machine.context)
        }
        let place = ManifestPlace(file: "hfmint.json5", path: "fleet", line: 1)
        let space = SpaceDefinition(
            resource: try Resource(parsing: "spaces/acme/chat", endpoint: .huggingFace), app: "hfmint.json5",
            place: place,
            secrets: [SecretDefinition(name: "K", origin: .reference(.variable("X"), folder: "/"))])
        let endpoint = EndpointDefinition(namespace: "acme", name: "scorer", app: "hfmint.json5", place: place)
        return FleetPreflight(
            .of([space], [endpoint]), read: access("hf_reader"), apply: apply.map { access($0) },
            admin: admin.map { access($0) }
        ).missing().map(\.sentence)
    }

    @Test("says nothing where everything is granted")
    func granted() throws { #expect(try Self.missing().isEmpty) }

    @Test(
        "has one line for each right that is missing",
        arguments: [
            ("GET \(space)/auth-check", "fleet.credentials.read: spaces/acme/chat: it may not be read (403)"),
            ("GET \(space)/auth-check/write", "fleet.credentials.apply: spaces/acme/chat: it may not be written (403)"),
            (
                "GET \(space)/secrets",
                "fleet.credentials.read: spaces/acme/chat: its secrets' names: the credential may not do this (403)"
            ),
            (
                "POST \(checks)/auth-check/read",
                "fleet.credentials.read: endpoints/acme: they may not be read (403)"
            ),
            (
                "POST \(checks)/auth-check/write",
                "fleet.credentials.apply: endpoints/acme: they may not be changed (403)"
            ),
        ])
    func lines(request: String, line: String) throws {
        #expect(try Self.missing([request: [.status(403)]]) == [line])
    }

    @Test("asks for each endpoint where a credential is for some names alone")
    func narrowed() throws {
        let narrowed = AnsweringHub.Answer(status: 207, body: #"{"patternRestrictions":["a*"]}"#)
        let whole = "POST \(Self.checks)/auth-check/write"
        let one = "POST \(Self.checks)/scorer/auth-check/write"
        #expect(try Self.missing([whole: [narrowed], one: [.json("{}")]]).isEmpty)
        #expect(
            try Self.missing([whole: [narrowed], one: [.status(403)]])
                == ["fleet.credentials.apply: endpoints/acme/scorer: they may not be changed (403)"])
    }

    @Test("a credential that no setting takes is said once, and not asked about")
    func kinds() throws {
        let publisher = try Self.missing(
            ["GET \(Self.space)/auth-check/write": [.status(403)]], apply: "hf_jwt_abcdefgh")
        #expect(publisher.count == 1 && publisher[0].contains("Trusted Publishers"))
        #expect(try Self.missing(apply: "hf_oauth_abcdefgh").count == 1)
        #expect(try Self.missing(apply: nil).count == 1)
    }

    @Test("an administrator's credential must see everything of each owner")
    func administrator() throws {
        func line(_ role: String) throws -> [String] {
            let whoAmI =
                "{\"name\":\"ada\",\"auth\":{\"accessToken\":{\"role\":\"read\"}},"
                + "\"orgs\":[{\"name\":\"acme\",\"roleInOrg\":\"\(role)\"}]}"
            return try Self.missing(["GET /api/whoami-v2": [.json(whoAmI)]], admin: "hf_adm1n")
        }
        #expect(try line("admin").isEmpty)
        #expect(try line("write") == ["fleet.credentials.admin: acme: it may not see everything there"])
    }

    @Test("what could not be asked is no right, and says why")
    func unasked() throws {
        let lines = try Self.missing(["GET \(Self.space)/auth-check": [.status(500)]])
        #expect(lines.count == 1 && lines[0].contains("cannot be checked"))
    }
}
