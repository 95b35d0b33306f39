import HFMintCore
import Testing

@Suite("proxy address")
struct ProxyAddressTests {
    @Test(
        "is read as curl reads it",
        arguments: [
            ("http://proxy.acme.example:3128", "http", "proxy.acme.example:3128"),
            ("HTTP://proxy", "http", "proxy"), ("https://proxy:443/", "https", "proxy:443"),
            ("proxy:3128", "http", "proxy:3128"), ("proxy", "http", "proxy"), ("10.0.0.1:1", "http", "10.0.0.1:1"),
            ("user:pw@proxy:1", "http", "proxy:1"), ("http://user@proxy", "http", "proxy"),
            ("http://@proxy", "http", "proxy"), ("http://:pw@proxy", "http", "proxy"),
            ("http://us%40er:p%2Fa%23s%25@proxy:65535/", "http", "proxy:65535"),
            ("http://ACME\\user:p'a$s&w;o=r+d!~@proxy", "http", "proxy"), ("http://u:pässwörd@proxy", "http", "proxy"),
            ("http://u:a:b:c@proxy:1", "http", "proxy:1"), ("http://squid_proxy.:3128", "http", "squid_proxy.:3128"),
            ("http://[2001:DB8::1]:3128", "http", "[2001:DB8::1]:3128"), ("[::1]", "http", "[::1]"),
            ("socks5h://proxy:1080", "socks5h", "proxy:1080"), ("socks4a://proxy", "socks4a", "proxy"),
            ("socks5://localhost/run/socks", "socks5", "localhost"), ("http://proxy/some/path", "http", "proxy"),

        ])
    func reads(value: String, scheme: String, shown: String) throws {
        let proxy = try ProxyAddress(Array(value.utf8))
        #expect(proxy.scheme.rawValue == scheme)
        #expect(proxy.description == shown)
    }

    @Test(
        "is refused for what cannot be right, and nothing of it is repeated",
        arguments: [
            ("http://u:geheim-word@proxy:3128\n", "ends in a line break"),
            ("http://u:geheim-word@proxy:3128\r\n", "ends in a line break"),
            ("http://u:geheim-\nword@proxy:3128", "holds a line break"),
            (" http://proxy", "begins with a blank"), ("http://proxy ", "ends in a blank"),
            ("http://u:geheim word@proxy", "holds a blank"), ("http://proxy:3128\t#x", "holds a blank"),
            ("http://u:geheim\u{1B}word@proxy", "holds a control character"), ("http://proxy\u{7F}", "holds a control"),
            ("\"http://proxy:3128\"", "stands in quotation marks"), ("'http://proxy'", "stands in quotation marks"),
            ("http://proxy\"", "stands in quotation marks"), ("`x`", "stands in quotation marks"),
            ("http://u:\"geheim-word\"@proxy", "holds a quotation mark"),
            ("http://u:geheim@word@proxy", "raw '@'"), ("u:geheim@word@proxy", "raw '@'"),
            ("http://u:geheim/word@proxy:1", "raw '/'"), ("http://u:1/word@proxy:1", "raw '/'"),
            ("http://u:geheim#word@proxy:1", "raw '#'"), ("http://u:1#word@proxy", "raw '#'"),
            ("http://u:geheim?word@proxy", "raw '?'"), ("u:geheim://word@proxy", "raw '/'"),
            ("http://proxy#x", "has a '#'"), ("http://proxy?x", "has a '?'"),
            ("http://u:geheim%zzword@proxy", "two hexadecimal digits"),
            ("http://u:geheim%@proxy", "two hexadecimal digits"),
            ("http://u:geheim%4@proxy", "two hexadecimal digits"),
            ("http://u:geheim%0Aword@proxy", "control character"),
            ("http://u:%00@proxy", "control character"),
            ("http://", "names no host"), ("http://:3128", "names no host"), (":3128", "names no host"),
            ("http://u:geheim-word@", "names no host"), ("http://u:geheim-word@:3128", "names no host"),
            ("http:///proxy", "names no host"), ("://proxy", "no scheme"),
            ("http://proxy:", "no usable port"), ("http://proxy:0", "no usable port"),
            ("http://proxy:65536", "no usable port"), ("http://proxy:31x28", "no usable port"),
            ("http://proxy:-1", "no usable port"), ("proxy:3128:3129", "no usable port"),
            ("http:proxy", "no usable port"),
            ("http://u:geheim-word", "no usable port"), ("http:/proxy", "no usable port"),
            ("ftp://proxy", "scheme that no proxy has"), ("htpp://proxy", "scheme that no proxy has"),
            ("http://http://proxy", "no usable port"), ("http://pro!xy", "byte in its host"),
            ("http://pröxy", "byte in its host"), ("http://pro%20xy", "byte in its host"),
            ("http://[::1", "without its ']'"), ("http://::1", "without brackets"),
            ("http://[fe80::1%25eth0]:1", "zone"),
            ("http://[proxy]", "no IPv6 address"), ("http://[::1]x", "no usable port"),
        ])
    func refuses(value: String, words: String) {
        let fault = #expect(throws: Malformed.self) { try ProxyAddress(Array(value.utf8)) }
        #expect(fault?.reason.contains(words) == true, "\(fault?.reason ?? "")")
        #expect(fault?.reason.contains("geheim") != true)
    }
}
