import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

/// Where a request goes that may only go to public addresses.
@Suite("peers")
struct PeerTests {
    private let refusal = TransportError(
        .policy, "its address is this machine's or a private one, and allowPrivate is not set")

    private func send(_ url: HTTPURL, _ peers: Peers, route: Route = .direct, environment: Environment = [:]) throws
        -> Int
    {
        var request = HTTPRequest(.post, url, route: route)
        request.peers = peers
        request.limits.connectMilliseconds = 2_000
        return try CurlTransport(environment: environment).send(
            request, credential: .none, body: .json(Secret("{}"))
        ).status
    }

    @Test("are not this machine where only public ones may be asked, and nothing is sent there")
    func literal() throws {
        let server = try LoopbackServer(["HTTP/1.1 204 No Content\r\n\r\n"])
        let url = try server.url("/hook")
        #expect(throws: refusal) { try send(url, .publicOnly) }
        #expect(server.asked.isEmpty)
        #expect(try send(url, .any) == 204)
    }

    // libcurl itself resolves names below localhost to this machine: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
    @Test("are looked at after the name is resolved, and before anything is sent")
    func resolved() throws {
        let server = try LoopbackServer(["HTTP/1.1 204 No Content\r\n\r\n"])
        let url = try #require(HTTPURL("https://hooks.localhost:\(server.port)/hook"))
        #expect(throws: refusal) { try send(url, .publicOnly) }
        // Not even a connection was made: the server's one answer is still there.
        #expect(try send(server.url("/"), .any) == 204)
        let unchecked = #expect(throws: TransportError.self) { try send(url, .any) }
        #expect(unchecked?.kind != .policy)
    }

    @Test("are looked at in IPv6 too", arguments: ["[::1]", "localhost"])
    func loopback(host: String) throws {
        let url = try #require(HTTPURL("https://\(host):1/hook"))
        #expect(throws: refusal) { try send(url, .publicOnly) }
    }

    @Test("are not looked at behind a proxy, which resolves the name, except where the URL spells an address")
    func proxied() throws {
        let proxy = try LoopbackServer(["HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"])
        let environment: Environment = ["https_proxy": "http://127.0.0.1:\(proxy.port)"]
        let named = try #require(HTTPURL("https://hooks.localhost/hook"))
        let reason = #expect(throws: TransportError.self) {
            try send(named, .publicOnly, route: .proxy("https_proxy"), environment: environment)
        }
        #expect(reason?.kind == .proxy)
        #expect(proxy.asked.first?.hasPrefix("CONNECT hooks.localhost:443 ") == true)
        let spelled = try #require(HTTPURL("https://10.0.0.1/hook"))
        #expect(throws: refusal) {
            try send(spelled, .publicOnly, route: .proxy("https_proxy"), environment: environment)
        }
    }
}
