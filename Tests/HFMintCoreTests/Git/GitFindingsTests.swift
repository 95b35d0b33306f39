@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("git findings")
struct GitFindingsTests {
    private typealias Setting = GitFindings.Setting

    private func finding(_ id: String, _ git: GitFindings) throws -> Finding {
        var examination = try TestExamination.make()
        examination.git = git
        return try Check.finding(id, examination)
    }

    private func helper(_ key: String, _ value: String) -> Setting {
        Setting(origin: "file:/home/ci/.gitconfig", key: "credential.\(key)helper", value: value)
    }

    @Test(
        "count a helper for the Hub's host",
        arguments: [
            "", "https://huggingface.co.", "https://huggingface.co/.", "https://HuggingFace.co.",
            "https://user@huggingface.co.", "https://*.co.", "https://huggingface.co:443.", "huggingface.co.",
            "https://huggingface.co/acme.", "https://.",
        ])
    func ours(pattern: String) throws {
        #expect(try finding("git-helper", GitFindings(helpers: [helper(pattern, "store")])).status == .warn)
    }

    @Test(
        "leave out a helper for another host",
        arguments: [
            "https://github.com.", "http://huggingface.co.", "https://huggingface.co:8443.", "https://*.",
            "https://huggingface.co.evil.example.", "https://huggingface.co@evil.example.", "https://*.huggingface.co.",
        ])
    func others(pattern: String) throws {
        #expect(try finding("git-helper", GitFindings(helpers: [helper(pattern, "store")])).status == .ok)
    }

    @Test("know the order: an empty helper makes git forget those before it")
    func order() throws {
        let ours = helper("https://huggingface.co.", "/opt/hfmint git-credential")
        let (store, reset) = (helper("", "store"), helper("https://huggingface.co.", ""))
        #expect(try finding("git-helper", GitFindings(helpers: [store, reset, ours])).status == .ok)
        let told = try finding("git-helper", GitFindings(helpers: [ours, store]))
        #expect(told.status == .warn)
        #expect(told.message.contains("is told every token"))
        #expect(try finding("git-helper", GitFindings(helpers: [ours, store, reset, ours])).status == .ok)
        let narrow = helper("https://huggingface.co/acme.", "")
        #expect(try finding("git-helper", GitFindings(helpers: [ours, store, narrow, ours])).status == .warn)
        #expect(try finding("git-helper", GitFindings(helpers: [store, ours])).status == .warn)
        #expect(try finding("git-helper", GitFindings(helpers: [store, reset])).message.hasPrefix("nobody"))
        let forgotten = try finding("git-helper", GitFindings(helpers: [ours, reset]))
        #expect(forgotten.status == .fail)
        #expect(forgotten.message.contains("git forgets hfmint"))
    }

    @Test(
        "name a helper without what may be a secret",
        arguments: [
            ("store --file /secret", "'store'"), ("/opt/secret/manager get", "'manager'"),
            ("!f() { echo password=secret; }; f", "a shell command"), ("sec\u{1B}ret", "another program"),
        ])
    func names(value: String, shown: String) throws {
        let message = try finding("git-helper", GitFindings(helpers: [helper("", value)])).message
        #expect(message.hasPrefix(shown))
        #expect(!message.contains("secret"))
    }

    @Test(
        "know hfmint by whatever name git calls it",
        arguments: [
            ("/opt/hfmint git-credential", true), ("!'/my tools/hfmint' git-credential --state-dir x", true),
            ("/opt/renamed git-credential", true), ("hfmint", true), ("hfmint --quiet", true),
            ("/opt/git-credential-hfmint", true), ("!hfmint git-credential", true), ("store", false),
            ("!f() { echo password=hfmint; }; f", false), ("/opt/git-credential-other", false),
        ])
    func hfmint(value: String, isOurs: Bool) {
        #expect(GitFindings.Setting(origin: "file:/x", key: "credential.helper", value: value).isHFMint == isOurs)
    }

    @Test("fail on a helper of hfmint's that cannot be run, unless another of them can")
    func broken() throws {
        let ours = helper("https://huggingface.co.", "/opt/hfmint git-credential")
        let gone = helper("https://huggingface.co.", "/old/hfmint git-credential --manifest /secret")
        var git = GitFindings(helpers: [gone], helperFailures: [gone.value ?? "": "it is not there"])
        let failed = try finding("git-helper", git)
        #expect(failed.status == .fail)
        #expect(failed.message.contains("'/old/hfmint'") && failed.message.hasSuffix("it is not there"))
        #expect(!failed.message.contains("secret"))
        git.helpers.append(ours)
        #expect(try finding("git-helper", git).status == .warn)
    }

    @Test("fail where git cannot read its own configuration")
    func unreadable() throws {
        var git = GitFindings()
        git.isReadable = false
        #expect(try finding("git-helper", git).status == .fail)
    }

    private func header(_ key: String, _ header: GitFindings.Header) -> GitFindings.HeaderSetting {
        GitFindings.HeaderSetting(
            setting: Setting(origin: "file:/etc/gitconfig", key: "http.\(key)extraheader"), header: header)
    }

    @Test("fail on a header that holds an authorization, and warn of another one")
    func headers() throws {
        let failed = try finding("git-header", GitFindings(headers: [header("", .authorization)]))
        #expect(failed.status == .fail)
        #expect(failed.next == "remove it: git config --file '/etc/gitconfig' --unset-all 'http.extraheader'")
        #expect(try finding("git-header", GitFindings(headers: [header("", .other)])).status == .warn)
        #expect(try finding("git-header", GitFindings(headers: [header("", .none)])).status == .ok)
    }

    @Test(
        "find an authorization among other headers, wherever it counts",
        arguments: [
            "", "https://huggingface.co.", "https://huggingface.co/.", "https://HUGGINGFACE.co:443/.",
            "https://me@huggingface.co/.", "https://huggingface.co/acme.", "https://huggingface.co/acme/model.",
            "https://huggingface.co/acme/model.git/info/lfs.", "https://*.co/.", "https://hf.co/.",
        ])
    func authorizationAmongOthers(pattern: String) throws {
        for headers in [
            [header(pattern, .authorization), header(pattern, .other)],
            [header("", .other), header(pattern, .authorization)],
        ] {
            #expect(try finding("git-header", GitFindings(headers: headers)).status == .fail)
        }
        let reset = [header(pattern, .authorization), header(pattern, .none)]
        #expect(try finding("git-header", GitFindings(headers: reset)).status == .ok)
    }

    @Test(
        "leave out a header for another host, and one that git itself leaves out",
        arguments: [
            ["https://github.com/."], ["http://huggingface.co/."], ["huggingface.co."], ["https://."],
            ["https://huggingface.co:8443/."],
        ])
    func otherHeaders(patterns: [String]) throws {
        let headers = patterns.map { header($0, .authorization) }
        #expect(try finding("git-header", GitFindings(headers: headers)).status == .ok)
        // What names the host more exactly came before it.
        let exact = [
            header("https://huggingface.co/.", .other), header("https://hf.co/.", .other), header("", .authorization),
        ]
        #expect(try finding("git-header", GitFindings(headers: exact)).status == .warn)
    }

    @Test("leave out a header for another repository than the one that is asked about")
    func otherRepository() throws {
        var examination = try TestExamination.make()
        examination.resource = try Resource(parsing: "acme/model", endpoint: .huggingFace)
        for (path, status) in [("acme/model", Finding.Status.fail), ("acme", .fail), ("other", .ok)] {
            examination.git = GitFindings(headers: [header("https://huggingface.co/\(path).", .authorization)])
            #expect(try Check.finding("git-header", examination).status == status)
        }
    }

    @Test("fail on a URL with a password, and warn of a token for a user name")
    func logins() throws {
        let setting = Setting(origin: "file:/w/.git/config", key: "remote.origin.url")
        let failed = try finding("git-login", GitFindings(logins: [.init(setting: setting, hasPassword: true)]))
        #expect(failed.status == .fail)
        #expect(failed.message.hasPrefix("remote.origin.url in '/w/.git/config' holds a password"))
        let warned = try finding("git-login", GitFindings(logins: [.init(setting: setting, hasPassword: false)]))
        #expect(warned.status == .warn)
    }
}
