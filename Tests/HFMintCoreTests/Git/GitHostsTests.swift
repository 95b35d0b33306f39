import HFMintCore
import Testing

@Suite("a host, as git says it")
struct GitHostsTests {
    private func match(_ transport: String, _ host: String, at endpoint: String?) throws -> GitHosts.Match {
        let authority = try Authority(endpointOption: endpoint, audienceOption: nil, environment: [:])
        let text = Array("protocol=\(transport)\nhost=\(host)\n".utf8)
        return GitHosts(authority).match(try CredentialDescription(text.span))
    }

    private static let endpoints: [(origin: String?, transport: String, host: String, port: String)] = [
        (nil, "https", "huggingface.co", "443"), (nil, "https", "hf.co", "443"),
        ("https://hub.example", "https", "hub.example", "443"),
        ("https://hub.example", "https", "huggingface.co", "443"),
        ("http://localhost", "http", "localhost", "80"), ("http://127.0.0.1", "http", "127.0.0.1", "80"),
    ]

    @Test("is the same in capitals, and with the port that its scheme has anyway", arguments: endpoints)
    func same(origin: String?, transport: String, host: String, port: String) throws {
        let plain = try match(transport, host, at: origin)
        guard case .ours = plain else { throw Unscripted() }
        for ending in ["", ":", ":\(port)", ":0\(port)"] {
            for name in [host, host.uppercased()] {
                #expect(try match(transport, name + ending, at: origin) == plain)
                #expect(try match(transport.uppercased(), name + ending, at: origin) == plain)
                #expect(try match(transport, name + "." + ending, at: origin) == .dotted(host + ending))
            }
        }
    }

    @Test("is another with another port, and is not answered", arguments: endpoints)
    func others(origin: String?, transport: String, host: String, port: String) throws {
        for ending in [":8443", ":4433", ":65536", ":443x", ":+443", "::443", ":443:443", "..", ".evil.example", " "] {
            #expect(try match(transport, host + ending, at: origin) == .notOurs)
        }
        for start in [".", "www.", "x@", "\u{2024}", "[", "0x"] {
            #expect(try match(transport, start + host, at: origin) == .notOurs)
        }
    }

    @Test("has the port that its endpoint was given with")
    func ports() throws {
        for host in ["localhost:8080", "LocalHost:08080"] {
            guard case .ours = try match("http", host, at: "http://localhost:8080") else { throw Unscripted() }
        }
        for host in ["localhost", "localhost:", "localhost:80", "localhost:8081"] {
            #expect(try match("http", host, at: "http://localhost:8080") == .notOurs)
        }
        #expect(try match("https", "localhost:8080", at: "http://localhost:8080") == .insecure)
    }

    @Test("is refused over what is not safe", arguments: ["http", "ftp", "ssh", "", "HTTP"])
    func insecure(transport: String) throws {
        for host in ["huggingface.co", "HF.co", "hf.co:443"] {
            #expect(try match(transport, host, at: nil) == .insecure)
        }
    }

    private struct Unscripted: Error {}
}
