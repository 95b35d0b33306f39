import HFMintCore
import HFMintTesting
import Testing

@Suite("proxy settings")
struct ProxySettingsTests {
    private func route(_ environment: Environment, to text: String = "https://huggingface.co") throws -> Route {
        try ProxySettings(FakeMachine(environment).context).route(to: try #require(Origin(text.utf8)))
    }

    @Test(
        "take the first variable that is set, the lower-case name before the other",
        arguments: [
            ([:], .direct),
            (["HTTPS_PROXY": "http://p"], .proxy("HTTPS_PROXY")),
            (["HTTPS_PROXY": "http://p", "https_proxy": "http://q"], .proxy("https_proxy")),
            (["https_proxy": "", "HTTPS_PROXY": "http://p"], .proxy("HTTPS_PROXY")),
            (["ALL_PROXY": "http://p"], .proxy("ALL_PROXY")),
            (["ALL_PROXY": "http://p", "all_proxy": "http://p", "HTTPS_PROXY": "http://q"], .proxy("HTTPS_PROXY")),
            (["HTTP_PROXY": "http://p", "http_proxy": "http://p"], .direct),
        ] as [(Environment, Route)])
    func order(environment: Environment, expected: Route) throws {
        #expect(try route(environment) == expected)
    }

    @Test(
        "never send a request to this machine through a proxy",
        arguments: [
            "http://localhost:1", "https://localhost", "http://127.0.0.1:8080", "https://[::1]",
        ])
    func loopback(origin: String) throws {
        let proxies: Environment = ["HTTPS_PROXY": "http://p", "ALL_PROXY": "http://p"]
        #expect(try route(proxies, to: origin) == .direct)
    }

    @Test("leave it to libcurl what NO_PROXY exempts; the lower-case name counts first")
    func exempt() throws {
        let list = "huggingface.co"
        #expect(try route(["HTTPS_PROXY": "http://p", "NO_PROXY": list]) == .direct)
        #expect(try route(["HTTPS_PROXY": "http://p", "no_proxy": list, "NO_PROXY": "x"]) == .direct)
        #expect(try route(["HTTPS_PROXY": "http://p", "no_proxy": "", "NO_PROXY": list]) == .direct)
        #expect(try route(["HTTPS_PROXY": "http://p", "no_proxy": "x", "NO_PROXY": list]) == .proxy("HTTPS_PROXY"))
    }

    @Test(
        "exempt an IPv6 address in each of its spellings",
        arguments: [
            "2001:db8::1", "2001:DB8:0::1", "[2001:db8::1]", "x, [2001:0db8:0:0:0:0:0:1]", "x\t2001:db8::0.0.0.1,y",
        ])
    func exemptAddress(list: String) throws {
        let environment: Environment = ["HTTPS_PROXY": "http://p", "NO_PROXY": list]
        #expect(try route(environment, to: "https://[2001:db8:0:0::1]") == .direct)
        #expect(try route(environment, to: "https://[2001:db8::2]") == .proxy("HTTPS_PROXY"))
    }

    @Test("refuse a proxy that cannot be right only where it would be asked")
    func unusable() throws {
        let environment: Environment = ["https_proxy": "http://p\n", "NO_PROXY": "exempt.example"]
        #expect(throws: TransportError(.proxyUnusable, "https_proxy is no address of a proxy: it ends in a line break"))
        {
            try route(environment)
        }
        #expect(try route(environment, to: "https://exempt.example") == .direct)
        #expect(try route(environment, to: "https://[::1]") == .direct)
    }

    @Test("send each request the way that the environment says, with its certificates")
    func context() throws {
        let machine = FakeMachine(
            ["HTTPS_PROXY": "http://user:pw@p", "SSL_CERT_FILE": "/ca.pem"],
            script: [.answer("GET https://huggingface.co/"), .answer("GET http://localhost/")])
        var limits = HTTPLimits.default
        limits.totalMilliseconds = 1
        for text in ["https://huggingface.co/", "http://localhost/"] {
            let url = try #require(HTTPURL(text))
            let response = try machine.context.send(HTTPRequest(.get, url), limits: limits)
            let status = response.status
            #expect(status == 200)
        }
        let requests = machine.transport.sent.map(\.request)
        #expect(requests.map(\.route) == [.proxy("HTTPS_PROXY"), .direct])
        #expect(requests.allSatisfy { $0.limits == limits && $0.trust == .files(bundle: "/ca.pem", directory: nil) })
        #expect(!"\(requests)".contains("pw"))
    }

    @Test(
        "trust the certificates that the environment names",
        arguments: [
            ([:], .system),
            (["SSL_CERT_FILE": "/a"], .files(bundle: "/a", directory: nil)),
            (["CURL_CA_BUNDLE": "/b", "SSL_CERT_FILE": "/a"], .files(bundle: "/b", directory: nil)),
            (["SSL_CERT_DIR": "/d"], .files(bundle: nil, directory: "/d")),
            (["SSL_CERT_DIR": "/d", "SSL_CERT_FILE": "/a"], .files(bundle: "/a", directory: "/d")),
        ] as [(Environment, TrustAnchors)])
    func trust(environment: Environment, anchors: TrustAnchors) {
        #expect(TrustAnchors(environment) == anchors)
    }
}
