import HFMintCore
import HFMintTesting
import Testing

@Suite("what git says to a credential helper")
struct GitCredentialTests {
    private func read(_ text: String) throws -> CredentialDescription {
        try CredentialDescription(Array(text.utf8).span)
    }

    @Test("is read up to the first empty line, or the end")
    func ends() throws {
        #expect(try read("host=a\n\nhost=b\n").host == Array("a".utf8))
        #expect(try read("host=a").host == Array("a".utf8))
        #expect(try read("") == read("\nbroken"))
    }

    @Test(
        "is split at line feeds and at the first equals sign alone",
        arguments: ["\u{2028}", "\u{85}", "\u{B}", "\u{C}", "\u{301}", "=", " ", "\t"])
    func bytes(odd: String) throws {
        #expect(try read("host=\(odd)a\(odd)\npath=b").host == Array("\(odd)a\(odd)".utf8))
    }

    @Test(
        "is refused where two readers could differ",
        arguments: [
            "host=a\r\n", "host=a\rb\n", "host=a\0\n", "host\n", "=a\n", "host=a\nhost=a\n", "protocol=a\nprotocol=b\n",
            "path=a\npath=b\n", "username=a\nusername=b\n", "host=a\nurl=https://b/\n", "url=https://a/\nhost=b\n",
            "url=https://a/b\npath=c\n", "url=a\n", "url=https://a@b/\n",
        ])
    func refused(text: String) {
        #expect(throws: CredentialDescription.Malformed.self) { try read(text) }
    }

    @Test("has a url that stands for three lines")
    func url() throws {
        #expect(try read("url=https://a:1/b/c") == read("protocol=https\nhost=a:1\npath=b/c"))
        #expect(try read("url=https://a") == read("protocol=https\nhost=a"))
        #expect(try read("url=https://a/\npath=b") == read("protocol=https\nhost=a\npath=b"))
    }

    @Test("has lists that an empty value empties")
    func lists() throws {
        let description = try read(
            "capability[]=a\ncapability[]=\ncapability[]=authtype\nwwwauth[]=Basic x\nwwwauth[]=b")
        #expect(!description.announces("a"))
        #expect(description.announces("authtype"))
        #expect(description.mayUse(scheme: "B"))
        #expect(!description.mayUse(scheme: "Bearer"))
        #expect(try read("").mayUse(scheme: "Bearer"))
    }

    @Test("never makes another host ours", arguments: 0..<20)
    func mutations(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let authority = try Authority(endpointOption: nil, audienceOption: nil, environment: [:])
        let ours = Array("protocol=https\nhost=huggingface.co\npath=acme/model\n".utf8)
        for _ in 0..<2_000 {
            var text = ours
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let position = Int.random(in: 0..<text.count, using: &random)
                let byte = [UInt8.random(in: 0...255, using: &random), 0x0A, 0x0D, 0x2E, 0x3D].randomElement(
                    using: &random)
                if Bool.random(using: &random) {
                    text[position] = byte ?? 0
                } else {
                    text.insert(byte ?? 0, at: position)
                }
            }
            guard let description = try? CredentialDescription(text.span) else { continue }
            let isOurs = [Array("huggingface.co".utf8), Array("hf.co".utf8)].contains(description.host)
            #expect((GitHosts(authority).judge(description) != .notOurs) == isOurs)
            guard let path = description.path, let resource = Resource(gitPath: path) else { continue }
            #expect(path.starts(with: resource.canonical.utf8))
        }
    }
}

@Suite("the path of a repository, as git says it")
struct GitPathTests {
    @Test(
        "names it by its plain name, whatever git and git-lfs append",
        arguments: ["", "/", ".git", ".git/", "/info/lfs", ".git/info/lfs", ".git/info/lfs/objects/batch"])
    func endings(ending: String) {
        for name in ["acme/model", "datasets/acme/data", "spaces/acme/app", "kernels/acme/k", "acme/a.b"] {
            #expect(Resource(gitPath: Array("\(name)\(ending)".utf8))?.canonical == name)
        }
    }

    @Test(
        "is refused in any other spelling",
        arguments: [
            "", "/", "acme", "/acme/model", "acme//model", "acme/model//", "acme/../model", "acme/model/..",
            "./acme/model",
            "acme%2fmodel", "acme/model%00", "acme/model?a", "acme/mo\u{308}del", "acme/model\u{2028}",
            "acme/model/tree/main",
            "buckets/acme/b", "models/acme/model", "https://huggingface.co/acme/model", "acme/.git",
            "acme/model/info/LFS",
        ])
    func refused(path: String) {
        #expect(Resource(gitPath: Array(path.utf8)) == nil)
    }

    @Test(
        "is found in the URL of a remote of ours",
        arguments: [
            ("https://huggingface.co/acme/model", true), ("https://user:x@hf.co/acme/model.git", true),
            ("git@hf.co:acme/model", true), ("ssh://git@hf.co/acme/model", true),
            ("https://huggingface.co.evil.example/acme/model", false), ("git@evil.example:acme/model", false),
            ("https://evil.example/huggingface.co:acme/model", false),
            ("https://huggingface.co@evil.example/acme/model", false),
            ("/huggingface.co/acme/model", false), ("huggingface.co", false),
        ])
    func remotes(url: String, isOurs: Bool) {
        let found = Resource(remoteURL: Array(url.utf8), hosts: ["huggingface.co", "hf.co"])
        #expect(found?.canonical == (isOurs ? "acme/model" : nil))
    }
}
