import HFMintCore
import HFMintTesting
import Testing

@Suite("fleet in the manifest")
struct FleetManifestTests {
    private func definition(_ fleet: String) throws -> FleetDefinition {
        try #require(try TestPolicy.fleet("{ version: 1,\nfleet: \(fleet) }"))
    }

    @Test("says all that a fleet is")
    func all() throws {
        let fleet = try #require(
            try TestPolicy.fleet(
                """
                { version: 1, organization: "acme",
                rotations: { app: { issuer: { kind: "person", what: "oauth-app" },
                  verify: { kind: "client-authentication",
                  clientId: "env:I" },
                  sinks: [{ kind: "hub-space", token: "env:T", space: "acme/chat", name: "APP" }] } },
                fleet: {
                  credentials: { read: "env:HUB_READ", apply: "file:apply", admin: { command: ["/bin/admin"] } },
                  key: "file:fleet.key", owner: "platform", maxUnavailable: 3, settle: "30s", maxDeletes: 2,
                  window: { cron: "0 2 * * 1-5", window: "2h" }, endpointsUrl: "http://127.0.0.1:9/",
                  spaces: {
                    "acme/chat": { owner: "chat", after: ["acme/base", "acme/scorer"], wave: 2, hardware: "t4-small",
                      sleep: "never", visibility: "protected", variables: { LEVEL: "info" },
                      secrets: { KEY: { from: "env:X", version: "3" }, APP: { rotation: "app", rotate: "on-release" } },
                      volumes: [{ type: "bucket", source: "acme/files", mountPath: "/data", path: "a" },
                        { type: "dataset", source: "acme/rows", mountPath: "/rows" }],
                      health: { timeout: "5m", url: "https://acme-chat.hf.space/healthz" }, protect: true,
                      ignore: ["hardware", "variables.LEVEL"] },
                    "acme/base": {},
                  },
                  endpoints: { "acme/scorer": { wave: -1, env: { LEVEL: "info" },
                    secrets: { KEY: { from: "file:key" } },
                    scaling: { min: 0, max: 4, scaleToZero: "15m" }, revision: "main", ignore: ["env"] } },
                } }
                """))
        #expect(fleet.organization == "acme" && fleet.folder == "/m")
        #expect(fleet.read == SecretReference(parsing: "env:HUB_READ"))
        #expect(fleet.apply == .file("apply") && fleet.admin == .command(["/bin/admin"]))
        #expect(fleet.key == .file("fleet.key"))
        #expect(fleet.maxUnavailable == 3 && fleet.settle == 30 && fleet.maxDeletes == 2)
        #expect(fleet.window?.length == 7_200)
        #expect(fleet.endpointsURL.description == "http://127.0.0.1:9/")
        let chat = try #require(fleet.spaces.first)
        #expect(chat.resource.canonical == "spaces/acme/chat")
        #expect(chat.owner == "chat" && chat.app == "hfmint.json5" && chat.wave == 2 && chat.isProtected)
        #expect(chat.place.path == "fleet.spaces.acme/chat" && chat.place.line == 11)
        #expect(chat.after == ["spaces/acme/base", "endpoints/acme/scorer"])
        #expect(chat.hardware == "t4-small" && chat.sleep == .never && chat.visibility == .protected)
        #expect(chat.variables == [Entry(name: "LEVEL", value: "info")])
        let key = try #require(SecretReference(parsing: "env:X"))
        #expect(
            chat.secrets == [
                SecretDefinition(name: "KEY", origin: .reference(key, folder: "/m"), version: "3"),
                SecretDefinition(name: "APP", origin: .rotation("app"), rotatesOnRelease: true),
            ])
        #expect(
            chat.volumes == [
                Volume(type: "bucket", source: "acme/files", mountPath: "/data", path: "a"),
                Volume(type: "dataset", source: "acme/rows", mountPath: "/rows", revision: "main", isReadOnly: true),
            ])
        #expect(chat.health == Health(timeout: 300, url: HTTPURL("https://acme-chat.hf.space/healthz")))
        #expect(chat.ignores("hardware") && chat.ignores("variables.LEVEL") && !chat.ignores("variables.LEVELS"))
        let scorer = try #require(fleet.endpoints.first)
        #expect(scorer.canonical == "endpoints/acme/scorer" && scorer.owner == "platform" && scorer.wave == -1)
        #expect(scorer.environment == [Entry(name: "LEVEL", value: "info")] && scorer.revision == "main")
        #expect(scorer.secrets.map(\.origin) == [.reference(.file("key"), folder: "/m")])
        #expect(scorer.minReplica == 0 && scorer.maxReplica == 4 && scorer.scaleToZeroMinutes == 15)
        #expect(scorer.ignores("env.LEVEL") && !scorer.ignores("secrets.KEY"))
    }

    @Test("manages nothing that is not there")
    func defaults() throws {
        let fleet = try definition("{ spaces: { 'acme/chat': {} }, endpoints: { 'acme/scorer': {} } }")
        #expect(fleet.read == nil && fleet.apply == nil && fleet.admin == nil && fleet.key == nil)
        #expect(fleet.maxUnavailable == 1 && fleet.settle == 20 && fleet.maxDeletes == 10 && fleet.window == nil)
        #expect(fleet.endpointsURL.description == "https://api.endpoints.huggingface.cloud/")
        let chat = try #require(fleet.spaces.first)
        let resource = try #require(try TestPolicy.resource("spaces/acme/chat"))
        #expect(chat == SpaceDefinition(resource: resource, app: "hfmint.json5", place: chat.place))
        let scorer = try #require(fleet.endpoints.first)
        #expect(
            scorer
                == EndpointDefinition(namespace: "acme", name: "scorer", app: "hfmint.json5", place: scorer.place))
        #expect(chat.health.timeout == 600)
        #expect(try TestPolicy.fleet("{ version: 1 }") == nil)
        #expect(try definition("{ spaces: { 'acme/chat': { volumes: [] } } }").spaces.first?.volumes == [])
    }

    @Test("is open from a moment of its window until its end")
    func window() throws {
        let window = try #require(try definition("{ window: { cron: '0 2 * * *', window: '2h' } }").window)
        let two = Timestamp(secondsSince1970: 1_800_000_000 / 86_400 * 86_400 + 7_200)
        #expect(!window.isOpen(at: two + -1))
        #expect(window.isOpen(at: two) && window.isOpen(at: two + 7_199))
        #expect(!window.isOpen(at: two + 7_200))
        #expect(window.nextOpening(after: two) == two + 86_400)
    }

    @Test("compares volumes as the Hub writes them out")
    func volumes() {
        let short = Volume(type: "model", source: "acme/x", mountPath: "/x", path: "")
        #expect(
            short
                == Volume(type: "model", source: "acme/x", mountPath: "/x", revision: "main", isReadOnly: true))
        #expect(short != Volume(type: "model", source: "acme/x", mountPath: "/x", revision: "v2"))
        #expect(!Volume(type: "bucket", source: "acme/x", mountPath: "/x").isReadOnly)
        #expect(Volume(type: "model", source: "****/******", mountPath: "/x").isMasked && !short.isMasked)
    }
}
