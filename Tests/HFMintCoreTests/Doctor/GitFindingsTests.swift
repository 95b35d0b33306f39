import HFMintCore
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
            "https://huggingface.co/acme.",
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
        #expect(try finding("git-helper", GitFindings(helpers: [ours, store])).status == .ok)
        #expect(try finding("git-helper", GitFindings(helpers: [store, ours])).status == .warn)
        #expect(try finding("git-helper", GitFindings(helpers: [ours, reset])).message.hasPrefix("nobody"))
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

    @Test("fail on a header that holds an authorization, and warn of another one")
    func headers() throws {
        let header = Setting(origin: "file:/etc/gitconfig", key: "http.extraheader")
        let sent: (GitFindings.Header) -> GitFindings = { header_ in
            GitFindings(headers: [header], sent: ["https://huggingface.co": header_])
        }
        let failed = try finding("git-header", sent(.authorization))
        #expect(failed.status == .fail)
        #expect(failed.next == "remove it: git config --file '/etc/gitconfig' --unset-all 'http.extraheader'")
        #expect(try finding("git-header", sent(.other)).status == .warn)
        #expect(try finding("git-header", sent(.none)).status == .ok)
    }
}
