import HFMintCore
import HFMintTesting
import Testing

/// A parent with defaults for an app's Space, and the app, which narrows them; each test changes one thing.
@Suite("the fleet of apps")
struct FleetInheritanceTests {
    static let writers = "all: { access: 'write', resources: ['spaces/acme/*'] }"

    static func root(
        _ fleet: String = "spaces: { 'acme/web': {} }", apps: [String] = ["apps/chat.json5"], more: String = "",
        roles: String = writers
    ) -> String {
        let listed = apps.map { "'\($0)'" }.joined(separator: ", ")
        return """
            { version: 1, organization: 'acme', apps: [\(listed)], \(more)
            roles: { \(roles) },
            fleet: { \(fleet) } }
            """
    }

    static func app(_ fleet: String) -> String {
        "{ version: 1, extends: '../hfmint.json5',\nfleet: { \(fleet) } }"
    }

    static func fleet(
        root: String = root(), apps: [String], named path: String = "/m/hfmint.json5"
    ) throws -> FleetDefinition {
        let names = ["/m/apps/chat.json5", "/m/apps/other.json5"]
        let files = Dictionary(uniqueKeysWithValues: zip(names, apps))
        return try #require(try TestPolicy.fleet(root, beside: files, named: path))
    }

    /// The one mistake, without its column.
    static func mistake(root: String = root(), apps: [String]) throws -> String {
        let error = try #require(throws: MintError.self) { _ = try fleet(root: root, apps: apps) }
        #expect(error.code == .manifestInvalid)
        #expect(error.details.count == 1, "\(error.details)")
        return withoutColumn(error.details.first ?? "")
    }

    @Test("has what the parent says, and the app's own members instead")
    func inherits() throws {
        let root = Self.root(
            """
            owner: 'platform', spaces: {
              'acme/web': {},
              'acme/chat': { after: ['acme/web'], wave: 3, hardware: 't4-small', sleep: '1h', visibility: 'protected',
                variables: { A: '1', B: '1' }, secrets: { K: { from: 'file:k' }, L: { from: 'env:L' } },
                volumes: [{ type: 'model', source: 'acme/x', mountPath: '/x' }],
                health: { timeout: '1m', url: 'https://acme-chat.hf.space/' }, ignore: ['volumes'] } }
            """)
        let fleet = try Self.fleet(
            root: root,
            apps: [
                Self.app(
                    """
                    spaces: { 'acme/chat': { after: ['acme/new'], wave: 4, visibility: 'private',
                      variables: { B: '2', C: '2' },
                      secrets: { L: { from: 'file:l' } }, health: { timeout: '2m' }, protect: true,
                      ignore: ['variables.C'] },
                      'acme/new': {} }
                    """)
            ])
        #expect(fleet.spaces.map(\.resource.canonical) == ["spaces/acme/web", "spaces/acme/chat", "spaces/acme/new"])
        #expect(fleet.spaces.map(\.app) == ["hfmint.json5", "apps/chat.json5", "apps/chat.json5"])
        #expect(fleet.spaces.map(\.owner) == ["platform", "platform", "platform"])
        let chat = fleet.spaces[1]
        #expect(chat.place.file == "/m/apps/chat.json5" && chat.place.line == 2)
        #expect(chat.after == ["spaces/acme/web", "spaces/acme/new"] && chat.wave == 4)
        #expect(chat.hardware == "t4-small" && chat.sleep == .seconds(3_600) && chat.visibility == .private)
        #expect(
            chat.variables
                == [Entry(name: "A", value: "1"), Entry(name: "B", value: "2"), Entry(name: "C", value: "2")])
        #expect(
            chat.secrets == [
                SecretDefinition(name: "K", origin: .reference(.file("k"), folder: "/m")),
                SecretDefinition(name: "L", origin: .reference(.file("l"), folder: "/m/apps")),
            ])
        #expect(chat.volumes?.count == 1 && chat.isProtected && chat.ignored == ["volumes", "variables.C"])
        #expect(chat.health == Health(timeout: 120, url: HTTPURL("https://acme-chat.hf.space/")))
    }

    @Test("is its own alone, where the user names the app")
    func named() throws {
        let root = Self.root(
            "maxUnavailable: 2, spaces: { 'acme/web': {}, 'acme/chat': { wave: 3 } }",
            apps: ["apps/chat.json5", "apps/gone.json5"])
        let fleet = try Self.fleet(
            root: root, apps: [Self.app("spaces: { 'acme/chat': { after: ['acme/web', 'acme/elsewhere'] } }")],
            named: "/m/apps/chat.json5")
        #expect(fleet.spaces.map(\.resource.canonical) == ["spaces/acme/chat"])
        #expect(fleet.spaces.first?.after == ["spaces/acme/web", "spaces/acme/elsewhere"])
        #expect(fleet.spaces.first?.wave == 3 && fleet.maxUnavailable == 2 && fleet.folder == "/m")
        let without = try TestPolicy.fleet(
            root, beside: ["/m/apps/chat.json5": "{ version: 1, extends: '../hfmint.json5' }"],
            named: "/m/apps/chat.json5")
        #expect(without == nil)
    }

    @Test("is not read in part where an app is gone")
    func gone() throws {
        let error = try #require(throws: MintError.self) {
            _ = try Self.fleet(
                root: Self.root(apps: ["apps/chat.json5", "apps/gone.json5"]), apps: [Self.app("spaces: {}")])
        }
        #expect(error.code == .manifestInvalid)
        #expect(error.message == "'/m/hfmint.json5' has 1 app that cannot be used")
    }

    @Test(
        "may not widen what the parent says of a Space",
        arguments: [
            ("visibility: 'private'", "visibility: 'public'", "visibility' is more than the parent's: private"),
            ("visibility: 'private'", "visibility: 'protected'", "visibility' is more than the parent's: private"),
            ("protect: true", "protect: false", "protect' cannot be false: the parent protects it"),
            ("owner: 'a'", "owner: 'b'", "owner' is not the parent's: 'a'"),
            (
                "visibility: 'private'", "ignore: ['visibility']",
                "ignore' leaves out what the parent sets: 'visibility'"
            ),
            (
                "variables: { A: '1' }", "ignore: ['variables.A']",
                "ignore' leaves out what the parent sets: 'variables.A'"
            ),
            ("variables: { A: '1' }", "ignore: ['variables']", "ignore' leaves out what the parent sets: 'variables'"),
            (
                "variables: { A: '1' }", "secrets: { A: { from: 'file:a' } }",
                "secrets.A' is a name of 'variables' too, and can be one of the two"
            ),
        ])
    func widens(parent: String, own: String, complaint: String) throws {
        let found = try Self.mistake(
            root: Self.root("spaces: { 'acme/chat': { \(parent) } }"),
            apps: [Self.app("spaces: { 'acme/chat': { \(own) } }")])
        #expect(found == "line 2: 'fleet.spaces.acme/chat.\(complaint)")
    }

    @Test(
        "may narrow it",
        arguments: [
            ("visibility: 'public'", "visibility: 'private'"), ("protect: false", "protect: true"),
            ("owner: 'a'", "owner: 'a'"), ("variables: { A: '1' }", "ignore: ['variables.B', 'hardware']"),
            ("secrets: { A: { from: 'env:A' } }", "secrets: { A: { from: 'env:A', version: '2' } }"),
        ])
    func narrows(parent: String, own: String) throws {
        let fleet = try Self.fleet(
            root: Self.root("spaces: { 'acme/chat': { \(parent) } }"),
            apps: [Self.app("spaces: { 'acme/chat': { \(own) } }")])
        #expect(fleet.spaces.count == 1)
    }

    @Test(
        "may not name what is not the app's",
        arguments: [
            (
                "spaces: { 'other/chat': {} }",
                "fleet.spaces.other/chat' is a Space that no role of the parent covers: 'spaces/other/chat'"
            ),
            (
                "endpoints: { 'acme/scorer': {} }",
                "fleet.endpoints.acme/scorer' is an endpoint that the parent does not name: write 'acme/scorer': {}"
                    + " under its 'fleet.endpoints'"
            ),
            (
                "spaces: { 'acme/Web': {} }",
                "fleet.spaces.acme/Web' is 'acme/web' in the parent, and the Hub tells no letters apart by their case"
            ),
        ])
    func strangers(own: String, complaint: String) throws {
        #expect(try Self.mistake(apps: [Self.app(own)]) == "line 2: '\(complaint)")
    }

    @Test("may not name a Space that the parent's roles only read")
    func readOnly() throws {
        let root = Self.root(roles: "auditor: { access: 'read', resources: ['spaces/acme/*'] }")
        #expect(
            try Self.mistake(root: root, apps: [Self.app("spaces: { 'acme/chat': {} }")])
                == "line 2: 'fleet.spaces.acme/chat' is a Space that the parent's roles only read: 'spaces/acme/chat'")
    }

    @Test("may not mount what no role of the parent opens, and writes only where one may")
    func volumes() throws {
        func app(_ type: String, _ source: String, _ more: String = "") -> String {
            let volume = "{ type: '\(type)', source: '\(source)', mountPath: '/x'\(more) }"
            return Self.app("spaces: { 'acme/chat': { volumes: [\(volume)] } }")
        }
        let reader = "reader: { access: 'read', resources: ['datasets/acme/open', 'buckets/acme/files'] }"
        let mounted = "volumes: [{ type: 'dataset', source: 'acme/given', mountPath: '/y' }]"
        let root = Self.root("spaces: { 'acme/chat': { \(mounted) } }", roles: "\(Self.writers), \(reader)")
        let start = "line 2: 'fleet.spaces.acme/chat.volumes[0]' mounts what no role of the parent opens: "
        #expect(
            try Self.mistake(root: root, apps: [app("dataset", "acme/payroll")]) == start + "'datasets/acme/payroll'")
        #expect(try Self.mistake(root: root, apps: [app("model", "acme/open")]) == start + "'acme/open'")
        #expect(try Self.mistake(root: root, apps: [app("bucket", "acme/files")]) == start + "'buckets/acme/files'")
        for fine in [
            app("dataset", "acme/open"), app("dataset", "acme/given"), app("bucket", "acme/files", ", readOnly: true"),
            app("space", "acme/web"),
        ] {
            #expect(try Self.fleet(root: root, apps: [fine]).spaces.count == 1)
        }
    }

    @Test("may not name a Space of another app, in whatever letters")
    func anotherApp() throws {
        let root = Self.root(apps: ["apps/chat.json5", "apps/other.json5"])
        let found = try Self.mistake(
            root: root, apps: [Self.app("spaces: { 'acme/chat': {} }"), Self.app("spaces: { 'acme/CHAT': {} }")])
        #expect(
            found == "line 2: 'fleet.spaces.acme/CHAT' belongs to another app already: '/m/apps/chat.json5'")
        let endpoints = Self.root("endpoints: { 'acme/scorer': {} }", apps: ["apps/chat.json5", "apps/other.json5"])
        let app = Self.app("endpoints: { 'acme/scorer': {} }")
        #expect(try Self.fleet(root: endpoints, apps: [app, Self.app("")]).endpoints.map(\.app) == ["apps/chat.json5"])
        #expect(
            try Self.mistake(root: endpoints, apps: [app, app])
                == "line 2: 'fleet.endpoints.acme/scorer' belongs to another app already: '/m/apps/chat.json5'")
    }

    @Test("is told with the file, where several have mistakes")
    func files() throws {
        let error = try #require(throws: MintError.self) {
            _ = try Self.fleet(
                root: Self.root(apps: ["apps/chat.json5", "apps/other.json5"]),
                apps: [Self.app("spaces: { 'x/chat': {} }"), Self.app("spaces: { 'x/other': {} }")])
        }
        #expect(error.message == "'/m/hfmint.json5' and its apps have 2 mistakes")
        #expect(
            error.details == [
                "/m/apps/chat.json5: line 2, column 30: 'fleet.spaces.x/chat' is a Space that no role of the"
                    + " parent covers: 'spaces/x/chat'",
                "/m/apps/other.json5: line 2, column 31: 'fleet.spaces.x/other' is a Space that no role of the"
                    + " parent covers: 'spaces/x/other'",
            ])
    }

    @Test(
        "has no say in how it is changed", arguments: ["key: 'env:K'", "credentials: {}", "window: {}", "settle: '1s'"])
    func rootAlone(member: String) throws {
        let error = try #require(throws: MintError.self) { _ = try Self.fleet(apps: [Self.app(member)]) }
        #expect(error.details.joined().contains("is not a key here"), "\(error.details)")
    }

    @Test("needs a parent with a fleet")
    func noParent() throws {
        let root = "{ version: 1, apps: ['apps/chat.json5'] }"
        #expect(
            try Self.mistake(root: root, apps: [Self.app("")])
                == "line 2: 'fleet' needs a 'fleet' in the parent, which says by what it is read and written")
    }

    @Test("has a digest of every manifest that was read")
    func digest() throws {
        let web = Self.root()
        let first = try Self.fleet(root: web, apps: [Self.app("spaces: {}")]).digest
        #expect(try Self.fleet(root: web, apps: [Self.app("spaces: {}")]).digest == first)
        #expect(try Self.fleet(root: web, apps: [Self.app("spaces:  {}")]).digest != first)
        #expect(try Self.fleet(root: web + " ", apps: [Self.app("spaces: {}")]).digest != first)
    }
}
