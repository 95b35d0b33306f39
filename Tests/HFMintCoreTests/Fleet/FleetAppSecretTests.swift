import HFMintCore
import HFMintTesting
import Testing

// Where the secrets of an app may come from.
extension FleetInheritanceTests {
    @Test(
        "takes no secret of its parent's, of hfmint's or of the CI system's",
        arguments: [
            ("env:HUB_APPLY", "comes from what the parent uses itself: HUB_APPLY"),
            ("file:../keys/../fleet.key", "comes from what the parent uses itself: '../keys/../fleet.key'"),
            ("env:OF_WEB", "comes from what the parent uses itself: OF_WEB"),
            ("env:HF_TOKEN", "comes from a variable that is no app's: HF_TOKEN"),
            ("env:HFMINT_TOKEN", "comes from a variable that is no app's: HFMINT_TOKEN"),
            (
                "env:ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                "comes from a variable that is no app's: ACTIONS_ID_TOKEN_REQUEST_TOKEN"
            ),
            ("env:CI_JOB_TOKEN", "comes from a variable that is no app's: CI_JOB_TOKEN"),
            ("env:AWS_SECRET_ACCESS_KEY", "comes from a variable that is no app's: AWS_SECRET_ACCESS_KEY"),
            ("file:/etc/shadow", "comes from a file outside the app's folder: '/etc/shadow'"),
            ("file:x/../../other", "comes from a file outside the app's folder: 'x/../../other'"),
            ("file:.git/config", "comes from a folder that git keeps for itself: '.git/config'"),
        ])
    func secrets(reference: String, complaint: String) throws {
        let root = Self.root(
            "credentials: { apply: 'env:HUB_APPLY' }, key: 'file:fleet.key',"
                + " spaces: { 'acme/web': { secrets: { W: { from: 'env:OF_WEB' } } } }")
        let found = try Self.mistake(
            root: root, apps: [Self.app("spaces: { 'acme/chat': { secrets: { K: { from: '\(reference)' } } } }")])
        #expect(found == "line 2: 'fleet.spaces.acme/chat.secrets.K' \(complaint)")
    }

    @Test(
        "follows no symbolic link of the app's folder, also not to what the parent lists",
        arguments: ["file:link", "file:folder/key", "file:./folder/key", "file:folder/../../keys/chat"])
    func links(reference: String) throws {
        for sources in ["", "sources: ['file:apps/link', 'file:apps/folder/key', 'file:keys/chat']"] {
            let files = MemoryFiles(
                [
                    "/m/hfmint.json5": Self.root(sources),
                    "/m/apps/chat.json5": Self.app(
                        "spaces: { 'acme/chat': { secrets: { K: { from: '\(reference)' } } } }"),
                ], kinds: ["/m/apps/link": .link, "/m/apps/folder": .link])
            let machine = FakeMachine(files: files).context.machine
            let error = try #require(throws: MintError.self) {
                _ = try Manifest(at: "/m/hfmint.json5", in: machine).fleet(in: machine)
            }
            #expect(error.details.count == 1 && error.details[0].contains("leads through a symbolic link"))
        }
    }

    @Test("takes no secret that another app takes, unless the parent lists it")
    func sharedSecret() throws {
        func app(_ space: String) -> String {
            Self.app("spaces: { 'acme/\(space)': { secrets: { K: { from: 'env:OF_CHAT' } } } }")
        }
        let names = ["apps/chat.json5", "apps/other.json5"]
        let found = try Self.mistake(root: Self.root(apps: names), apps: [app("chat"), app("other")])
        #expect(
            found == "line 2: 'fleet.spaces.acme/other.secrets.K' comes from what '/m/apps/chat.json5' uses too,"
                + " and the parent does not list in 'fleet.sources'")
        let listed = Self.root("sources: ['env:OF_CHAT']", apps: names)
        #expect(try Self.fleet(root: listed, apps: [app("chat"), app("other")]).spaces.count == 2)
    }

    @Test("runs no command for a secret")
    func command() throws {
        let app = Self.app("spaces: { 'acme/chat': { secrets: { K: { from: { command: ['/bin/id'] } } } } }")
        #expect(
            try Self.mistake(apps: [app])
                == "line 2: 'fleet.spaces.acme/chat.secrets.K' runs a command, which a parent alone may name")
    }

    @Test("takes the secrets that the parent lists, and no others")
    func sources() throws {
        let root = Self.root("sources: ['env:CHAT', 'file:keys/chat', 'env:HF_TOKEN']")
        func app(_ reference: String) -> String {
            Self.app("spaces: { 'acme/chat': { secrets: { K: { from: '\(reference)' } } } }")
        }
        for reference in ["env:CHAT", "file:../keys/chat", "env:HF_TOKEN"] {
            #expect(try Self.fleet(root: root, apps: [app(reference)]).spaces.count == 1)
        }
        for reference in ["env:CHATS", "file:keys/chat"] {
            #expect(
                try Self.mistake(root: root, apps: [app(reference)])
                    == "line 2: 'fleet.spaces.acme/chat.secrets.K' comes from what the parent does not list in"
                    + " 'fleet.sources'"
            )
        }
    }
}
