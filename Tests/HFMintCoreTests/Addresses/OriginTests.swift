import HFMintCore
import Testing

@Suite("origin")
struct OriginTests {
    @Test(
        "is the Hub in each of its spellings",
        arguments: [
            "https://huggingface.co", "HTTPS://HuggingFace.CO", "https://huggingface.co:443",
            "https://huggingface.co:0443",
        ])
    func theHub(text: String) {
        #expect(Origin(text.utf8) == .huggingFace)
        #expect(Origin(text.utf8)?.description == "https://huggingface.co")
    }

    @Test(
        "is never the Hub, nor this machine, for a host that only looks like it",
        arguments: [
            "https://huggingface.co.evil.example", "https://evil.example.huggingface.co.evil", "https://hf.co",
            "https://xhuggingface.co", "https://huggingface-co", "https://huggingface.co:444", "http://huggingface.co",
            "https://huggingface.com", "https://www.huggingface.co", "https://xn--huggingface-2fa.co",
            "https://127.0.0.1.evil.example", "https://localhost.evil.example", "https://127.1", "https://0x7f.1",
            "https://0x7f000001", "https://2130706433", "https://0177.0.0.1", "https://127.0.0.256",
            "https://127.0.0.08",
            "https://127.0.0.01", "https://127.0.0", "https://127.0.0.1.1", "https://128.0.0.1", "https://0.0.0.0",
            "https://xlocalhost", "https://localhost-", "https://1.127.0.0",
        ])
    func lookAlikes(text: String) {
        let origin = Origin(text.utf8)
        #expect(origin != .huggingFace)
        #expect(origin?.isLoopback != true)
    }

    @Test(
        "refuses what is no bare origin of plain ASCII",
        arguments: [
            "", "https://", "http://", "huggingface.co", "//huggingface.co", "ftp://huggingface.co",
            "https:huggingface.co",
            "https:/huggingface.co", "https:\\\\huggingface.co", " https://huggingface.co", "https://huggingface.co ",
            "https://huggingface.co/", "https://huggingface.co/x", "https://huggingface.co?x",
            "https://huggingface.co#x",
            "https://huggingface.co.", "https://.huggingface.co", "https://huggingface..co", "https://-huggingface.co",
            "https://huggingface.co-", "https://hugging_face.co", "https://huggingface.co\n",
            "https://huggingface.co\0",
            // Another parser may see the host behind each of these.
            "https://huggingface.co@evil.example", "https://huggingface.co\\@evil.example",
            "https://a:b@huggingface.co",
            "https://huggingface.co\u{3002}evil.example", "https://huggingface\u{FF0E}co", "https://huggingface%2eco",
            "https://huggingface.co%00.evil.example", "https://hügging.face", "https://huggingface.c\u{43E}",
            "https://huggingface.co\u{301}", "https://huggingface.co\u{AD}", "https://\u{2170}.example",
            // Ports
            "https://huggingface.co:", "https://huggingface.co:0", "https://huggingface.co:65536",
            "https://huggingface.co:99999", "https://huggingface.co:000443", "https://huggingface.co:+443",
            "https://huggingface.co:-1", "https://huggingface.co:4 43", "https://huggingface.co:443:443",
            "https://huggingface.co:0x1bb", "https://huggingface.co:４４３", "https://:443",
            // IPv6
            "https://[::1", "https://::1", "https://[::1]evil.example", "https://[::1]:", "https://[]",
            "https://[::1%25eth0]", "https://[fe80::1%eth0]", "https://[v1.fe80::1]", "https://[::1]@evil.example",
            "https://[huggingface.co]", "https://[127.0.0.1]", "https://[1:2:3:4:5:6:7]", "https://[1:2:3:4:5:6:7:8:9]",
            "https://[1::2::3]", "https://[:::1]", "https://[::12345]", "https://[::g]", "https://[::1.2.3]",
            "https://[::1.2.3.4:5]", "https://[::01.2.3.4]", "https://[1:2:3:4:5:6:7:1.2.3.4]", "https://[ ::1]",
        ])
    func refuses(text: String) {
        #expect(Origin(text.utf8) == nil)
    }

    @Test(
        "knows this machine by its names and addresses, whatever a resolver says",
        arguments: [
            "http://localhost", "http://LOCALHOST:8080", "https://localhost", "http://127.0.0.1:1", "http://127.0.0.53",
            "http://127.255.255.254:65535", "http://[::1]", "http://[::1]:8080", "http://[0:0:0:0:0:0:0:1]",
            "http://[0000::0001]", "http://[::0.0.0.1]", "http://[::ffff:127.0.0.1]", "http://[::FFFF:7f00:1]:1",
        ])
    func loopback(text: String) {
        #expect(Origin(text.utf8)?.isLoopback == true)
    }

    @Test(
        "is written as in a URL, its port only where it is not the scheme's own",
        arguments: [
            ("http://localhost:80", "http://localhost", "localhost"),
            ("http://localhost:443", "http://localhost:443", "localhost:443"),
            ("https://a.example:80", "https://a.example:80", "a.example:80"),
            ("https://[::1]:443", "https://[::1]", "[::1]"),
            ("https://A.Example:08443", "https://a.example:8443", "a.example:8443"),
            // https://www.rfc-editor.org/rfc/rfc5952#section-4
            ("https://[2001:0DB8:0:0:0:0:2:1]:443", "https://[2001:db8::2:1]", "[2001:db8::2:1]"),
            ("https://[2001:db8:0:1:1:1:1:1]", "https://[2001:db8:0:1:1:1:1:1]", "[2001:db8:0:1:1:1:1:1]"),
            ("https://[2001:0:0:1:0:0:0:1]:1", "https://[2001:0:0:1::1]:1", "[2001:0:0:1::1]:1"),
            ("https://[2001:db8:0:0:1:0:0:1]", "https://[2001:db8::1:0:0:1]", "[2001:db8::1:0:0:1]"),
            ("https://[::FFFF:C000:0201]", "https://[::ffff:192.0.2.1]", "[::ffff:192.0.2.1]"),
            ("https://[64:ff9b::192.0.2.33]", "https://[64:ff9b::c000:221]", "[64:ff9b::c000:221]"),
            ("https://[1:2:3:4:5:6:7::]", "https://[1:2:3:4:5:6:7:0]", "[1:2:3:4:5:6:7:0]"),
            ("https://[::]", "https://[::]", "[::]"),
        ])
    func description(text: String, description: String, authority: String) throws {
        let origin = try #require(Origin(text.utf8))
        #expect(origin.description == description)
        #expect(origin.authority == authority)
        #expect(Origin(origin.description.utf8) == origin)
    }

    @Test(
        "says what is wrong with an address",
        arguments: [
            ("https://[fe80::1%25eth0]:443/x", "zone"), ("[fe80::1%eth0]", "zone"), ("fe80::1%eth0", "zone"),
            ("https://[v1.x]", "version of IP"), ("https://2001:db8::1/", "without brackets: write [2001:db8::1]"),
            ("https://[2001:db8]", "no IPv6 address"), ("https://user@[::1%25lo]/", "zone"),
        ])
    func complains(text: String, words: String) {
        #expect(Origin.complaint(about: text)?.contains(words) == true)
    }

    @Test("says nothing of what is no address", arguments: ["", "a.example", "https://a.example:1/[::1%25x]", "a:b:c"])
    func isSilent(text: String) {
        #expect(Origin.complaint(about: text) == nil)
    }

    @Test("is made of a host and a port that stand apart, an address with or without brackets")
    func apart() {
        for host in ["2001:DB8::1", "[2001:db8::1]", "2001:db8:0:0:0:0:0:1"] {
            #expect(Origin(.https, host: host, port: "6443")?.description == "https://[2001:db8::1]:6443")
        }
        #expect(Origin(.https, host: "10.96.0.1", port: "443")?.description == "https://10.96.0.1")
        for (host, port) in [("fe80::1%eth0", "443"), ("a/b", "443"), ("a", "tcp://a"), ("::1]:1/[", "1"), ("", "1")] {
            #expect(Origin(.https, host: host, port: port) == nil)
        }
    }

    @Test("bounds labels and names as DNS does")
    func bounds() {
        func origin(_ host: String) -> Origin? { Origin("https://\(host)".utf8) }
        let label = String(repeating: "a", count: 63)
        #expect(origin(label) != nil)
        #expect(origin(label + "a") == nil)
        let longest = [label, label, label, String(repeating: "b", count: 61)].joined(separator: ".")
        #expect(origin(longest) != nil)
        #expect(origin(longest + "b") == nil)
    }
}
