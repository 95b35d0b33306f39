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
            "url=https://a/b\npath=c\n", "url=a\n", "url=https://a@b@c/\n", "url=https://a@b/\nusername=a\n",
        ])
    func refused(text: String) {
        #expect(throws: CredentialDescription.Malformed.self) { try read(text) }
    }

    @Test("has a url that stands for three lines")
    func url() throws {
        #expect(try read("url=https://a:1/b/c") == read("protocol=https\nhost=a:1\npath=b/c"))
        #expect(try read("url=https://a") == read("protocol=https\nhost=a"))
        #expect(try read("url=https://a/\npath=b") == read("protocol=https\nhost=a\npath=b"))
        #expect(try read("url=https://a//b") == read("protocol=https\nhost=a\npath=b"))
        let withUser = try read("protocol=https\nhost=a:1\npath=b\nusername=me")
        #expect(try read("url=https://me@a:1/b") == withUser)
        #expect(try read("url=https://me:secret@a:1/b") == withUser)
        #expect(try read("url=https://a?b@c") == read("protocol=https\nhost=a\npath=?b@c"))
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
            let host = (description.host ?? []).map(\.asciiLowercased)
            let endings = ["", ".", ":", ".:", ":443", ":80", ":0443"].map { Array($0.utf8) }
            let isOurs = endings.contains { ending in
                ["huggingface.co", "hf.co"].contains { host == Array($0.utf8) + ending }
            }
            #expect((GitHosts(authority).judge(description) != .notOurs) == isOurs)
            guard let path = description.path, let resource = Resource(gitPath: path) else { continue }
            #expect(path.drop { $0 == 0x2F }.starts(with: resource.canonical.utf8))
        }
    }
}

@Suite("a host, as git says it")
struct GitHostsTests {
    private func judge(_ transport: String, _ host: String, at endpoint: String?) throws -> GitHosts.Answer {
        let authority = try Authority(endpointOption: endpoint, audienceOption: nil, environment: [:])
        let text = Array("protocol=\(transport)\nhost=\(host)\n".utf8)
        return GitHosts(authority).judge(try CredentialDescription(text.span))
    }

    private static let endpoints: [(origin: String?, transport: String, host: String, port: String)] = [
        (nil, "https", "huggingface.co", "443"), (nil, "https", "hf.co", "443"),
        ("https://hub.example", "https", "hub.example", "443"),
        ("https://hub.example", "https", "huggingface.co", "443"),
        ("http://localhost", "http", "localhost", "80"), ("http://127.0.0.1", "http", "127.0.0.1", "80"),
    ]

    @Test("is the same in capitals, and with the port that its scheme has anyway", arguments: endpoints)
    func same(origin: String?, transport: String, host: String, port: String) throws {
        let plain = try judge(transport, host, at: origin)
        guard case .ours = plain else { throw Unscripted() }
        for ending in ["", ":", ":\(port)", ":0\(port)"] {
            for name in [host, host.uppercased()] {
                #expect(try judge(transport, name + ending, at: origin) == plain)
                #expect(try judge(transport.uppercased(), name + ending, at: origin) == plain)
                #expect(try judge(transport, name + "." + ending, at: origin) == .dotted(host + ending))
            }
        }
    }

    @Test("is another with another port, and is not answered", arguments: endpoints)
    func others(origin: String?, transport: String, host: String, port: String) throws {
        for ending in [":8443", ":4433", ":65536", ":443x", ":+443", "::443", ":443:443", "..", ".evil.example", " "] {
            #expect(try judge(transport, host + ending, at: origin) == .notOurs)
        }
        for start in [".", "www.", "x@", "\u{2024}", "[", "0x"] {
            #expect(try judge(transport, start + host, at: origin) == .notOurs)
        }
    }

    @Test("has the port that its endpoint was given with")
    func ports() throws {
        for host in ["localhost:8080", "LocalHost:08080"] {
            guard case .ours = try judge("http", host, at: "http://localhost:8080") else { throw Unscripted() }
        }
        for host in ["localhost", "localhost:", "localhost:80", "localhost:8081"] {
            #expect(try judge("http", host, at: "http://localhost:8080") == .notOurs)
        }
        #expect(try judge("https", "localhost:8080", at: "http://localhost:8080") == .insecure)
    }

    @Test("is refused over what is not safe", arguments: ["http", "ftp", "ssh", "", "HTTP"])
    func insecure(transport: String) throws {
        for host in ["huggingface.co", "HF.co", "hf.co:443"] {
            #expect(try judge(transport, host, at: nil) == .insecure)
        }
    }

    private struct Unscripted: Error {}
}

@Suite("the path of a repository, as git says it")
struct GitPathTests {
    @Test(
        "names it by its plain name, whatever git and git-lfs append",
        arguments: ["", "/", "//", ".git", ".git/", "/info/lfs", ".git/info/lfs", ".git/info/lfs/objects/batch"])
    func endings(ending: String) {
        for name in ["acme/model", "datasets/acme/data", "spaces/acme/app", "kernels/acme/k", "acme/a.b"] {
            #expect(Resource(gitPath: Array("\(name)\(ending)".utf8))?.canonical == name)
            #expect(Resource(gitPath: Array("//\(name)\(ending)".utf8))?.canonical == name)
        }
    }

    @Test(
        "is refused in any other spelling",
        arguments: [
            "", "/", "acme", "/acme", "acme//model", "acme/../model", "acme/model/..",
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
            ("git@hf.co:acme/model", true), ("https://HuggingFace.co:443//acme/model", true),
            ("ssh://git@hf.co/acme/model", true),
            ("https://huggingface.co.evil.example/acme/model", false), ("git@evil.example:acme/model", false),
            ("https://evil.example/huggingface.co:acme/model", false),
            ("https://huggingface.co@evil.example/acme/model", false),
            ("/huggingface.co/acme/model", false), ("huggingface.co", false),
        ])
    func remotes(url: String, isOurs: Bool) {
        let found = Resource(remoteURL: Array(url.utf8), hosts: GitHosts(.huggingFace))
        #expect(found?.canonical == (isOurs ? "acme/model" : nil))
    }
}
