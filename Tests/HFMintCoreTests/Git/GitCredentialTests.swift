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
        #expect(throws: Malformed.self) { try read(text) }
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
            #expect((GitHosts(authority).match(description) != .notOurs) == isOurs)
            guard let path = description.path, let resource = Resource(gitPath: path) else { continue }
            #expect(path.drop { $0 == 0x2F }.starts(with: resource.canonical.utf8))
        }
    }
}
