@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

extension FleetDefinition {
    static func of(_ spaces: [SpaceDefinition], _ endpoints: [EndpointDefinition] = []) -> FleetDefinition {
        FleetDefinition(
            organization: "acme", spaces: spaces, endpoints: endpoints, read: nil, apply: nil, admin: nil, key: nil,
            folder: "/m", maxUnavailable: 1, settle: 20, window: nil, maxDeletes: 1,
            endpointsURL: HTTPURL(.huggingFace, "/"), digest: "d")
    }
}

@Suite("fleet: reading")
struct FleetReaderTests {
    private static let list =
        "GET /api/spaces?author=acme&limit=100&expand=runtime&expand=sha&expand=sdk&expand=private"
    private static let runtime =
        #"{"stage":"RUNNING","sha":"a","hardware":{"requested":"cpu-basic"},"gcTimeout":null,"volumes":[]}"#

    private static func space(
        _ name: String, sleep: Sleep? = nil, visibility: Visibility? = nil, volumes: [Volume]? = nil
    ) throws -> SpaceDefinition {
        let resource = try Resource(parsing: "spaces/\(name)", endpoint: .huggingFace)
        return SpaceDefinition(
            resource: resource, app: "hfmint.json5",
            place: ManifestPlace(file: "hfmint.json5", path: "fleet", line: 1), sleep: sleep, visibility: visibility,
            volumes: volumes)
    }

    private static func listing(_ names: String..., runtime: String = runtime) -> AnsweringHub.Answer {
        .json("[\(names.map { "{\"id\":\"\($0)\",\"private\":true,\"runtime\":\(runtime)}" }.joined(separator: ","))]")
    }

    private static func reader(
        _ hub: AnsweringHub, _ spaces: [SpaceDefinition], _ endpoints: [EndpointDefinition] = [],
        clock: FrozenClock = FrozenClock()
    ) -> FleetReader {
        var machine = FakeMachine(clock: clock)
        machine.context.machine.transport = hub
        let access = HubAccess(
            .huggingFace, endpointsURL: HTTPURL(.huggingFace, "/"), token: SharedSecret(Secret("t0ken")),
            in: machine.context)
        return FleetReader(.of(spaces, endpoints), access)
    }

    private static func whoAmI(_ body: String) -> [String: [AnsweringHub.Answer]] {
        ["GET /api/whoami-v2": [.json(body)]]
    }

    private static let administrator =
        #"{"name":"ada","auth":{"type":"access_token","accessToken":{"role":"read"}},"#
        + #""orgs":[{"name":"Acme","roleInOrg":"admin"}]}"#

    @Test("asks twice for each Space, and once for each page")
    func requests() throws {
        let hub = AnsweringHub([
            Self.list: [Self.listing("acme/a", "acme/b", "acme/old")],
            "GET /api/spaces/acme/a/secrets": [.json(#"{"K":{"key":"K"}}"#)],
            "GET /api/spaces/acme/a/variables": [.json(#"{"V":{"key":"V","value":"v"}}"#)],
            "GET /api/spaces/acme/b/secrets": [.json("{}")], "GET /api/spaces/acme/b/variables": [.json("{}")],
        ])
        let done = Mutex<[Int]>([])
        let reading = try Self.reader(hub, [try Self.space("acme/a"), try Self.space("acme/b")])
            .read { count, total in done.withLock { $0.append(count * 10 + total) } }
        #expect(hub.asked.count == 5 && done.withLock { $0 } == [12, 22])
        #expect(reading.spaces.count == 2 && reading.unlisted.isEmpty)
        guard case .there(let state) = reading.spaces[0] else {
            Issue.record("it is not there")
            return
        }
        #expect(state.secrets == .read([SecretState(name: "K")]))
        #expect(state.variables == .read([VariableState(name: "V", value: "v")]))
        let runtime = state.runtime
        #expect(runtime.stage == "RUNNING" && runtime.sha == "a" && runtime.hardware == "cpu-basic")
        #expect(state.visibility == .private && runtime.volumes == [] && runtime.sleep == nil)
    }

    @Test("the listing alone costs its pages")
    func listingAlone() throws {
        let hub = AnsweringHub([Self.list: [Self.listing("acme/a")]])
        let reading = try Self.reader(hub, [try Self.space("acme/a"), try Self.space("acme/b")]).readListing()
        #expect(hub.asked.count == 1 && reading.spaces[1] == .unreadable("is not in the listing"))
    }

    /// A token of the user acme that is narrowed to something, with a right.
    private static func narrowed(_ kind: String, _ right: String) -> String {
        let scope = "{\"entity\":{\"type\":\"\(kind)\",\"name\":\"acme\"},\"permissions\":[\"\(right)\"]}"
        let token = "{\"role\":\"fineGrained\",\"fineGrained\":{\"scoped\":[\(scope)]}}"
        return "{\"name\":\"acme\",\"auth\":{\"accessToken\":\(token)}}"
    }

    private static let owners: [(whoAmI: String, seesAll: Bool)] = [
        (administrator, true), (administrator.replacing("admin", with: "write"), false),
        (administrator.replacing("Acme", with: "other"), false),
        (administrator.replacing("\"read\"", with: "\"new\""), false),
        (#"{"name":"acme","auth":{"accessToken":{"role":"write"}},"orgs":[]}"#, true),
        (#"{"name":"acme","auth":{"type":"oauth"},"orgs":[]}"#, false),
        (narrowed("user", "repo.content.read"), true), (narrowed("space", "repo.write"), false),
        (narrowed("user", "inference.endpoints.write"), false), ("[]", false), ("<html>", false),
    ]

    @Test("what the listing does not show is missing only to a credential that would see it", arguments: owners)
    func missing(whoAmI: String, isMissing: Bool) throws {
        let hub = AnsweringHub([Self.list: [.json("[]")]].merging(Self.whoAmI(whoAmI)) { $1 })
        let reading = try Self.reader(hub, [try Self.space("acme/a"), try Self.space("acme/b")]).read()
        let unseen = SpaceReading.unreadable("is not there, or the credential may not see it (404)")
        #expect(reading.spaces == Array(repeating: isMissing ? .missing : unseen, count: 2))
        #expect(hub.asked.count { $0 == "GET /api/whoami-v2" } == 1)
    }

    @Test("what is refused is unreadable, and never missing", arguments: [401, 403, 451])
    func refused(status: Int) throws {
        let answers = [Self.list: [.json("[]")], "GET /api/spaces/acme/a": [AnsweringHub.Answer.status(status)]]
        let hub = AnsweringHub(answers.merging(Self.whoAmI(Self.administrator)) { $1 })
        guard case .unreadable(let clause) = try Self.reader(hub, [try Self.space("acme/a")]).read().spaces[0] else {
            Issue.record("it is readable")
            return
        }
        #expect(clause.contains("\(status)"))
    }

    @Test("a renamed Space is named, and its new name is not asked for")
    func renamed() throws {
        let there = AnsweringHub.Answer(status: 307, headers: [HTTPHeader("location", "/api/spaces/acme/new")])
        let hub = AnsweringHub([Self.list: [Self.listing("acme/B")], "GET /api/spaces/acme/a": [there]])
        let reading = try Self.reader(hub, [try Self.space("acme/a"), try Self.space("acme/b")]).read()
        #expect(reading.spaces == [.renamed("acme/new"), .renamed("acme/B")])
        #expect(!hub.asked.contains { $0.contains("acme/new") || $0.contains("acme/B") })
    }

    @Test("names of secrets that cannot be read are unreadable, while the rest is there")
    func noNames() throws {
        let hub = AnsweringHub([
            Self.list: [Self.listing("acme/a")], "GET /api/spaces/acme/a/variables": [.json("{}")],
        ])
        let reading = try Self.reader(hub, [try Self.space("acme/a")]).read()
        guard case .there(let state) = reading.spaces[0] else {
            Issue.record("it is not there")
            return
        }
        #expect(state.secrets == .unreadable("there is no such place, or the credential may not see it (404)"))
        #expect(state.variables == .read([]))
    }

    @Test("an owner whose listing is refused is unreadable, and the others are read")
    func oneOwner() throws {
        let other = Self.list.replacing("acme", with: "umbrella")
        let hub = AnsweringHub([
            Self.list: [.status(402)], other: [Self.listing("umbrella/a")],
            "GET /api/spaces/umbrella/a/secrets": [.json("{}")], "GET /api/spaces/umbrella/a/variables": [.json("{}")],
            "GET /api/spaces/acme/a": [.status(402)],
        ])
        let reading = try Self.reader(hub, [try Self.space("acme/a"), try Self.space("umbrella/a")]).read()
        #expect(reading.unlisted.count == 1 && reading.unlisted[0].hasPrefix("acme: "))
        if case .unreadable = reading.spaces[0] {} else { Issue.record("it is read") }
        if case .there = reading.spaces[1] {} else { Issue.record("it is not read") }
    }

    @Test("a page that fails fails the reading, so that nothing looks deleted")
    func lostPage() throws {
        let link = HTTPHeader("link", "<https://huggingface.co/api/spaces?author=acme&cursor=2>; rel=\"next\"")
        var first = Self.listing("acme/a")
        first.headers = [link]
        let hub = AnsweringHub([Self.list: [first], "GET /api/spaces?author=acme&cursor=2": [.status(500)]])
        do {
            _ = try Self.reader(hub, [try Self.space("acme/a")]).read()
            Issue.record("it was read")
        } catch let error as MintError {
            #expect(error.code == .serviceUnavailable)
        }
    }

    @Test("a Hub that goes away is not asked for a thousand Spaces")
    func away() throws {
        let names = (0..<1_000).map { "acme/s\($0)" }
        let body = names.map { "{\"id\":\"\($0)\",\"runtime\":\(Self.runtime)}" }.joined(separator: ",")
        var answers = [Self.list: [AnsweringHub.Answer.json("[\(body)]")]]
        for name in names { answers["GET /api/spaces/\(name)/secrets"] = [.status(0)] }
        let hub = AnsweringHub(answers)
        #expect(throws: MintError.self) { try Self.reader(hub, try names.map { try Self.space($0) }).read() }
        #expect(hub.asked.count < 100)
    }

    @Test("asks for the runtime where the manifest manages what the listing leaves out")
    func leftOut() throws {
        let short = #"{"stage":"RUNNING"}"#
        let hub = AnsweringHub([
            Self.list: [Self.listing("acme/a", "acme/b", runtime: short)],
            "GET /api/spaces/acme/a/runtime": [.json(#"{"stage":"RUNNING","gcTimeout":3600}"#)],
        ])
        let reading = try Self.reader(
            hub, [try Self.space("acme/a", sleep: .never, volumes: []), try Self.space("acme/b")]
        ).read()
        guard case .there(let first) = reading.spaces[0], case .there(let second) = reading.spaces[1] else {
            Issue.record("they are not there")
            return
        }
        #expect(first.runtime.sleep == .seconds(3_600) && first.runtime.volumes == [])
        #expect(second.runtime.volumes == nil)
        #expect(!hub.asked.contains("GET /api/spaces/acme/b/runtime"))
    }

    @Test("a setting is not guessed where the runtime that shows it is refused")
    func refusedRuntime() throws {
        let hub = AnsweringHub([
            Self.list: [Self.listing("acme/a", runtime: #"{"stage":"RUNNING"}"#)],
            "GET /api/spaces/acme/a/runtime": [.status(403)],
        ])
        let reading = try Self.reader(hub, [try Self.space("acme/a", sleep: .never, volumes: [])]).read()
        guard case .unreadable(let clause) = reading.spaces[0] else {
            Issue.record("it is read")
            return
        }
        #expect(clause.contains("403"))
    }

    @Test("a list of volumes of which one cannot be read is no shorter list")
    func unreadVolumes() throws {
        let volumes = #"[{"type":"model","source":"acme/m","mountPath":"/m"},{"type":"new","mountPath":"/n"}]"#
        let runtime = "{\"stage\":\"RUNNING\",\"volumes\":\(volumes)}"
        let hub = AnsweringHub([
            Self.list: [Self.listing("acme/a", runtime: runtime)],
            "GET /api/spaces/acme/a/runtime": [.json(runtime)], "GET /api/spaces/acme/a/secrets": [.json("{}")],
            "GET /api/spaces/acme/a/variables": [.json("{}")],
        ])
        let reading = try Self.reader(hub, [try Self.space("acme/a", volumes: [])]).read()
        guard case .there(let state) = reading.spaces[0] else {
            Issue.record("it is not there")
            return
        }
        #expect(state.runtime.volumes == nil)
    }

    @Test("a third kind of visibility is read where it is named, and is not guessed")
    func visibility() throws {
        for (page, visibility) in [
            (#"{"id":"acme/a","private":true,"visibility":"protected"}"#, Visibility.protected as Visibility?),
            (#"{"id":"acme/a","private":true}"#, nil),
        ] {
            let hub = AnsweringHub([Self.list: [Self.listing("acme/a")], "GET /api/spaces/acme/a": [.json(page)]])
            let reading = try Self.reader(hub, [try Self.space("acme/a", visibility: .protected)]).read()
            guard case .there(let state) = reading.spaces[0] else {
                Issue.record("it is not there")
                return
            }
            #expect(state.visibility == visibility)
        }
    }

    @Test("reads no faster than the Hub allows, and goes on in its next window")
    func pace() throws {
        let clock = FrozenClock()
        let names = (0..<300).map { "acme/s\($0)" }
        let body = names.map { "{\"id\":\"\($0)\",\"runtime\":\(Self.runtime)}" }.joined(separator: ",")
        let hub = CountingHub(list: "[\(body)]", clock: clock, quota: 500)
        var machine = FakeMachine(clock: clock)
        machine.context.machine.transport = hub
        let access = HubAccess(
            .huggingFace, endpointsURL: HTTPURL(.huggingFace, "/"), token: nil, in: machine.context)
        let reading = try FleetReader(.of(try names.map { try Self.space($0) }), access).read()
        #expect(reading.spaces.allSatisfy { if case .there = $0 { true } else { false } })
        #expect(hub.refused == 0 && hub.asked == 601)
    }
}
