import HFMintCore
import HFMintSystem
import HFMintTesting
import Synchronization
import Testing

@Suite("curl transport")
struct CurlTransportTests {
    private static func answer(_ status: String, _ body: String = "", headers: [String] = []) -> String {
        (["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers + ["", body])
            .joined(separator: "\r\n")
    }

    private func send(
        _ request: HTTPRequest, environment: Environment = [:], credential: String? = nil, body: String? = nil
    ) throws(TransportError) -> (status: Int, headers: [HTTPHeader], body: String) {
        let proof =
            credential.map { HTTPCredential.header(name: "Authorization", prefix: "Bearer ", Secret($0)) } ?? .none
        let content = body.map { HTTPBody.json(Secret($0)) } ?? .none
        let response = try CurlTransport(environment: environment).send(request, credential: proof, body: content)
        return (response.status, response.headers, response.body.revealedText())
    }

    private func failure(_ request: HTTPRequest, credential: String? = nil) -> TransportError? {
        #expect(throws: TransportError.self) { try send(request, credential: credential) }
    }

    @Test("sends a request as it is written, and gives the answer")
    func sends() throws {
        let server = try LoopbackServer([Self.answer("200 OK", #"{"a":1}"#, headers: ["X-Request-Id: Root=1"])])
        let request = HTTPRequest(
            .post, try server.url("//a/../b?c=%20"), headers: [HTTPHeader("Accept", "application/json")])
        let answer = try send(request, credential: "secret", body: "{}")

        #expect(answer.status == 200)
        #expect(answer.body == #"{"a":1}"#)
        #expect(answer.headers == [HTTPHeader("x-request-id", "Root=1")])
        let lines = try #require(server.asked.first).split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.first == "POST //a/../b?c=%20 HTTP/1.1")
        #expect(lines.last == "{}")
        for line in [
            "Accept: application/json", "Authorization: Bearer secret", "Content-Type: application/json",
            "Content-Length: 2", "User-Agent: hfmint/\(hfmintVersion)",
        ] {
            #expect(lines.contains { $0 == line })
        }
    }

    @Test(
        "gives every status for an answer, and follows no redirect",
        arguments: [
            "204 No Content", "301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect",
            "400 Bad Request",
            "401 Unauthorized", "407 Proxy Authentication Required", "429 Too Many Requests", "503 Service Unavailable",
        ])
    func statuses(status: String) throws {
        let server = try LoopbackServer([
            Self.answer(status, headers: ["Location: /elsewhere", "WWW-Authenticate: Basic"])
        ])
        let answer = try send(HTTPRequest(.get, try server.url("/x")), credential: "secret")
        #expect("\(answer.status)" == status.prefix(3))
        #expect(server.asked.count == 1)
    }

    @Test("keeps the few headers that are read, the first of each, in visible ASCII")
    func headers() throws {
        let server = try LoopbackServer([
            "HTTP/1.1 100 Continue\r\nDate: interim\r\n\r\n"
                + Self.answer(
                    "200 OK",
                    headers: [
                        "Date: Sun, 06 Nov 1994 08:49:37 GMT", "DATE: second", "Retry-After:   7", "Set-Cookie: a=b",
                        "X-Request-Id: a\u{1B}[31mé\tb", "RateLimit: \"api\";r=0;t=1",
                        "Location: \(String(repeating: "x", count: 4_000))",
                    ])
        ])
        let answer = try send(HTTPRequest(.get, try server.url("/")))
        #expect(
            answer.headers == [
                HTTPHeader("date", "Sun, 06 Nov 1994 08:49:37 GMT"), HTTPHeader("retry-after", "7"),
                HTTPHeader("x-request-id", "a[31mb"), HTTPHeader("ratelimit", "\"api\";r=0;t=1"),
            ])
    }

    @Test("takes an answer up to the limit, and not one byte more", arguments: [true, false])
    func bodyLimit(announced: Bool) throws {
        let body = String(repeating: "a", count: 100)
        let answer = announced ? Self.answer("200 OK", body) : "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\(body)"
        let server = try LoopbackServer([answer, answer])
        var request = HTTPRequest(.get, try server.url("/"))
        request.limits.bodyByteCount = 100
        #expect(try send(request).body == body)
        request.limits.bodyByteCount = 99
        #expect(failure(request)?.kind == .tooLarge)
    }

    @Test(
        "says when the answer breaks off, or is no HTTP",
        arguments: [
            "", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/0.9",
        ])
    func interrupted(answer: String) throws {
        let server = try LoopbackServer([answer])
        let failure = try #require(failure(HTTPRequest(.get, try server.url("/"))))
        #expect(failure.kind == .interrupted)
        #expect(failure.isTransient)
    }

    @Test("gives up on a server that does not answer")
    func timeout() throws {
        let server = try LoopbackServer([])
        var request = HTTPRequest(.get, try server.url("/"))
        request.limits.totalMilliseconds = 100
        #expect(failure(request) == TransportError(.timeout, "no complete answer within 100 ms"))
    }

    @Test("says when nobody listens")
    func refused() throws {
        let url = try #require(HTTPURL("http://127.0.0.1:1/"))
        #expect(failure(HTTPRequest(.get, url))?.kind == .connect)
    }

    @Test(
        "never speaks plain http to another machine",
        arguments: [
            "http://192.0.2.1/", "http://127.1/", "http://huggingface.co/", "http://127.0.0.1.evil.example/",
        ])
    func plain(text: String) throws {
        let url = try #require(HTTPURL(text))
        #expect(failure(HTTPRequest(.get, url))?.kind == .policy)
        #expect(failure(HTTPRequest(.get, url, route: .proxy("HTTPS_PROXY")))?.kind == .policy)
    }

    @Test("sends no credential that could begin another header", arguments: ["a\r\nHost: evil", "a\nb", "a\0b", "é"])
    func credential(text: String) throws {
        let server = try LoopbackServer([])
        #expect(failure(HTTPRequest(.get, try server.url("/")), credential: text)?.kind == .policy)
        #expect(server.asked.isEmpty)
    }

    @Test("goes through a proxy only where the request says so")
    func proxy() throws {
        let server = try LoopbackServer([Self.answer("200 OK", "direct")])
        let environment: Environment = ["http_proxy": "http://127.0.0.1:1", "all_proxy": "http://127.0.0.1:1"]
        #expect(try send(HTTPRequest(.get, try server.url("/")), environment: environment).body == "direct")
    }

    @Test("keeps nobody out who waits for room at a host")
    func crowd() throws {
        let server = try LoopbackServer(Array(repeating: Self.answer("200 OK", "a"), count: 24))
        let transport = CurlTransport(environment: [:])
        let url = try server.url("/")
        let answered = Mutex(0)
        WatchedThreads().run(24) { _ in
            do throws(TransportError) {
                let response = try transport.send(HTTPRequest(.get, url), credential: .none, body: .none)
                if response.status == 200 { answered.withLock { $0 += 1 } }
            } catch {
                Issue.record(error)
            }
        }
        #expect(answered.withLock { $0 } == 24)
    }

    @Test("begins each request afresh: nothing of the one before is sent again")
    func fresh() throws {
        let server = try LoopbackServer([Self.answer("200 OK", "a"), Self.answer("200 OK", "b")])
        let transport = CurlTransport(environment: [:])
        let first = try transport.send(
            HTTPRequest(.post, try server.url("/1")),
            credential: .header(name: "Authorization", prefix: "Bearer ", Secret("secret")), body: .json(Secret("{}")))
        let second = try transport.send(HTTPRequest(.get, try server.url("/2")), credential: .none, body: .none)
        let texts = [first.body.revealedText(), second.body.revealedText()]
        #expect(texts == ["a", "b"])
        #expect(server.asked[1].hasPrefix("GET /2 ") && !server.asked[1].contains("secret"))
        #expect(!server.asked[1].contains("{}"))
    }
}
