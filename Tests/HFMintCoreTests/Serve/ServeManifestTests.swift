import HFMintCore
import HFMintTesting
import Testing

@Suite("serve in the manifest")
struct ServeManifestTests {
    private func definition(_ serve: String) throws -> ServeDefinition {
        try #require(try TestPolicy.manifest("{ version: 1,\nserve: \(serve) }").serve)
    }

    private func mistakes(_ serve: String) throws -> [String] {
        let error = try #require(throws: MintError.self) {
            _ = try TestPolicy.manifest("{ version: 1,\nserve: \(serve) }")
        }
        #expect(error.code == .manifestInvalid)
        return error.details
    }

    private let hub = "origin: 'https://hub.acme.example', socket: 's', hosts: { 'hub.acme.example': { kind: 'hub' } }"

    @Test("says all that a front door is")
    func all() throws {
        let serve = try definition(
            """
            {
              origin: "https://hub.acme.example",
              socket: "/run/hfmint/serve.sock",
              hosts: {
                "hub.acme.example": { kind: "hub" },
                "router.acme.example": { kind: "router" },
                "chat.acme.example": { kind: "endpoint", upstream: "https://x.endpoints.example", resource: "endpoints/acme/chat" },
              },
              credentials: [
                { resources: ["acme/*", "datasets/acme/*"], right: "read", member: "ci@acme.example",
                  client: { id: "env:ID", secret: "file:client" } },
                { resources: ["acme/*"], right: "write", token: "file:/run/credentials/hub-write" },
              ],
              delivery: "ticket",
              tickets: { keys: ["file:keys/2", "file:keys/1"], lifetime: "2h" },
              reuse: { "https://gitlab.com": 50 },
              anonymous: ["acme/public-model"],
              deny: "file:/etc/hfmint/deny.jsonl",
              group: "www-data",
              mode: "audit",
            }
            """)
        #expect(serve.origin.description == "https://hub.acme.example")
        #expect(serve.socket == "/run/hfmint/serve.sock")
        #expect(
            serve.hosts.map { "\($0.name) \($0.kind.rawValue) \($0.upstream) \($0.resource ?? "")" } == [
                "hub.acme.example hub https://huggingface.co ",
                "router.acme.example router https://router.huggingface.co ",
                "chat.acme.example endpoint https://x.endpoints.example endpoints/acme/chat",
            ])
        #expect(serve.credentials.map(\.source.name) == ["ci@acme.example", "'/run/credentials/hub-write'"])
        #expect(serve.credentials.map(\.right) == [.read, .write])
        #expect(serve.credentials.map(\.place.path) == ["serve.credentials[0]", "serve.credentials[1]"])
        #expect(serve.credentials.map(\.place.line) == [11, 13])
        #expect(serve.delivery == .ticket)
        #expect(serve.tickets?.keys == [.file("keys/2"), .file("keys/1")])
        #expect(serve.tickets?.lifetime.count == 7_200)
        #expect(serve.reuse.map(\.issuer) == [Array("https://gitlab.com".utf8)] && serve.reuse.map(\.count) == [50])
        #expect(serve.anonymous.map(\.text) == ["acme/public-model"])
        #expect(serve.deny == "/etc/hfmint/deny.jsonl")
        #expect(serve.group == "www-data")
        #expect(serve.mode == .audit)
        #expect(serve.folder == "/m")
    }

    @Test("has defaults")
    func defaults() throws {
        let serve = try definition("{ \(hub), tickets: { keys: ['env:KEY'] } }")
        #expect(serve.delivery == .ticket && serve.mode == .enforce)
        #expect(serve.tickets?.lifetime.count == 3_600)
        #expect(serve.credentials.isEmpty && serve.reuse.isEmpty && serve.anonymous.isEmpty)
        #expect(serve.deny == nil && serve.group == nil)
        #expect(try definition("{ \(hub), delivery: 'token' }").tickets == nil)
        #expect(try TestPolicy.manifest("{ version: 1 }").serve == nil)
    }

    @Test("names each mistake with its line")
    func mistakes() throws {
        #expect(
            try mistakes(
                """
                {
                origin: 'https://hub.acme.example/',
                socket: '',
                hosts: { 'Hub.acme.example': { kind: 'hub' }, 'x:1': { kind: 'space' }, y: { kind: 'endpoint' } },
                credentials: [
                  { resources: ['acme'], right: 'delete', token: 'hf_secret' },
                  { resources: ['acme/*'], right: 'read' },
                  { resources: ['acme/*'], right: 'read', member: 'x' },
                  { resources: ['acme/*'], right: 'read', token: 'env:T', member: 'x' },
                ],
                tickets: { keys: [], lifetime: '1s' },
                reuse: { gitlab: 1, 'https://gitlab.com': 0 },
                deny: 'env:X', mode: 'off', extra: 1 }
                """) == [
                    "line 3, column 10: 'serve.origin' is not an address of a scheme and a host, without a path",
                    "line 4, column 10: 'serve.socket' is not a path",
                    "line 5, column 10: 'serve.hosts.Hub.acme.example' is no name of a host: lower case, without a port",
                    "line 5, column 47: 'serve.hosts.x:1' is no name of a host: lower case, without a port",
                    "line 5, column 63: 'serve.hosts.x:1.kind' must be one of hub, router, endpoint",
                    "line 5, column 76: 'serve.hosts.y' needs 'upstream': its address",
                    "line 5, column 76: 'serve.hosts.y' needs 'resource': what roles call it: endpoints/owner/name",
                    "line 7, column 34: 'serve.credentials[0].right' must be one of read, write, admin",
                    "line 7, column 51: 'serve.credentials[0].token' must say where the secret is: env:NAME or file:PATH",
                    "line 8, column 3: 'serve.credentials[1]' needs either 'token' or 'member'",
                    "line 9, column 3: 'serve.credentials[2]' needs 'client': the OAuth application that gives a member's tokens",
                    "line 10, column 3: 'serve.credentials[3]' has a 'token', and cannot be a member's too: make it two",
                    "line 12, column 18: 'serve.tickets.keys' must not be empty",
                    "line 13, column 10: 'serve.reuse.gitlab' is not a URL",
                    "line 13, column 43: 'serve.reuse.https://gitlab.com' must be a whole number from 1 to 1000",
                    "line 14, column 8: 'serve.deny' must say where the file is: file:PATH",
                    "line 14, column 23: 'serve.mode' must be one of enforce, audit",
                    "line 14, column 29: 'serve.extra' is not a key here",
                ])
    }

    @Test(
        "names what does not fit together",
        arguments: [
            (
                "{ origin: 'https://h.example', socket: 's', hosts: { 'x.example': { kind: 'hub' } }, delivery: 'token' }",
                "needs 'h.example' among its hosts, of the kind 'hub': it is the host of 'origin'"
            ),
            (
                "{ origin: 'https://h.example', socket: 's', hosts: { 'h.example': { kind: 'router' } }, delivery: 'token' }",
                "needs 'h.example' among its hosts, of the kind 'hub': it is the host of 'origin'"
            ),
            (
                "{ origin: 'https://h.example', socket: 's', hosts: { 'h.example': { kind: 'hub' } } }",
                "needs 'tickets': where the keys that sign them are, unless 'delivery' is 'token'"
            ),
        ])
    func together(serve: String, complaint: String) throws {
        #expect(try mistakes(serve) == ["line 2, column 8: 'serve' \(complaint)"])
    }

    @Test(
        "has an origin in one spelling",
        arguments: [
            ("https://HUB.acme.example", "must be written as 'https://hub.acme.example'"),
            ("https://hub.acme.example:443", "must be written as 'https://hub.acme.example'"),
            ("http://hub.acme.example", "must be https (http is for this machine alone)"),
        ])
    func origin(text: String, complaint: String) throws {
        let serve = "{ origin: '\(text)', socket: 's', hosts: { a: { kind: 'hub' } }, delivery: 'token' }"
        #expect(try mistakes(serve) == ["line 2, column 19: 'serve.origin' \(complaint)"])
    }

    @Test("may be on this machine")
    func loopback() throws {
        let serve = try definition(
            "{ origin: 'http://127.0.0.1:8080', socket: 's', hosts: { '127.0.0.1': { kind: 'hub' } }, delivery: 'token' }"
        )
        #expect(serve.host(named: "127.0.0.1")?.kind == .hub)
    }
}
