import HFMintCore
import HFMintTesting
import Testing

@Suite("environment")
struct EnvironmentTests {
    @Test("takes the first of two variables with one name, as getenv does")
    func first() {
        let environment = Environment(entries: ["A=1", "A=2", "B=", "B=3"].map { Array($0.utf8) })
        #expect(environment["A"] == "1")
        #expect(environment["B"] == nil)
    }

    @Test("treats a variable that is empty as one that is not set")
    func empty() {
        let environment: Environment = ["EMPTY": "", "SPACE": " "]
        #expect(environment["EMPTY"] == nil)
        #expect(!environment.isSet("EMPTY"))
        let secret = environment.secret("EMPTY")?.byteCount
        #expect(secret == nil)
        #expect(environment["SPACE"] == " ")
    }

    @Test("splits at the first equals sign, and passes over entries without a name")
    func separator() {
        let environment = Environment(entries: ["A=b=c", "=x", "plain", "", "é=ü"].map { Array($0.utf8) })
        #expect(environment["A"] == "b=c")
        #expect(environment["é"] == "ü")
        #expect(environment.names { _ in true } == ["A", "é"])
    }

    @Test("hands out a secret byte for byte, whatever its encoding")
    func bytes() {
        let environment = Environment(entries: [Array("TOKEN=".utf8) + [0xFF, 0x0A, 0x80]])
        let bytes = environment.secret("TOKEN")?.revealedBytes()
        #expect(bytes == [0xFF, 0x0A, 0x80])
        #expect(environment["TOKEN"] == "\u{FFFD}\n\u{FFFD}")
    }

    @Test("names its variables when it is printed, and shows no value")
    func description() {
        let environment: Environment = ["HF_TOKEN": "hf_secretsecret", "A": "b"]
        #expect("\(environment)" == "Environment[A HF_TOKEN]")
        #expect(String(describing: environment) == "Environment[A HF_TOKEN]")
        #expect(environment.names { $0.equals("b") } == ["A"])
    }
}

@Suite("proxy settings")
struct ProxySettingsTests {
    private func route(_ environment: Environment, to text: String = "https://huggingface.co") throws -> Route {
        ProxySettings(environment).route(to: try #require(Origin(text.utf8)))
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

    @Test(
        "exempt what NO_PROXY names, and its subdomains",
        arguments: [
            "huggingface.co", ".huggingface.co", "co", "HuggingFace.co", "x,huggingface.co", "x, huggingface.co ,y",
            "*",
            "x huggingface.co", "huggingface.co:443", ",,huggingface.co,",
        ])
    func exempt(list: String) throws {
        #expect(try route(["HTTPS_PROXY": "http://p", "NO_PROXY": list]) == .direct)
        #expect(try route(["HTTPS_PROXY": "http://p", "no_proxy": list, "NO_PROXY": "x"]) == .direct)
    }

    @Test(
        "do not exempt a host that only ends alike",
        arguments: [
            "face.co", "uggingface.co", "www.huggingface.co", "huggingface.co.evil.example", ".", ",", "x*",
            "huggingface",
        ])
    func notExempt(list: String) throws {
        #expect(try route(["HTTPS_PROXY": "http://p", "NO_PROXY": list]) == .proxy("HTTPS_PROXY"))
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
