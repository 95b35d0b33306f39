import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

@Suite("request line")
struct RequestLineTests {
    private static let answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nX-Any: 1\r\nConnection: close\r\n\r\nno"

    /// What the server read, and the head of its answer.
    private func send(
        _ method: String, _ target: String, headers: [HTTPHeader] = [], body: String? = nil,
        answer: String = Self.answer
    ) throws -> (asked: [Substring], status: Int, head: String) {
        let server = try LoopbackServer([answer])
        var request = HTTPRequest(.get, try server.url("/"), headers: headers)
        request.line = RequestLine(method: method, target: target)
        let response = try CurlTransport(environment: [:]).send(
            request, credential: .none, body: body.map { HTTPBody.json(Secret($0)) } ?? .none)
        let asked = try #require(server.asked.first).split(separator: "\r\n", omittingEmptySubsequences: false)
        return (asked, response.status, response.head.revealedText())
    }

    @Test(
        "is sent byte by byte",
        arguments: [
            ("GET", "//a/../b%2f;c\\d#e"), ("get", "/"), ("HFMINT", "/%00%zz"), ("GET", "http://elsewhere.example/a"),
            ("CONNECT", "elsewhere.example:443"), ("PUT", "/\u{E9}"),
        ])
    func line(method: String, target: String) throws {
        #expect(try send(method, target).asked.first.map(String.init) == "\(method) \(target) HTTP/1.1")
    }

    @Test("keeps the whole head of the answer, and no interim one")
    func head() throws {
        let sent = try send("GET", "/", answer: "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n" + Self.answer)
        #expect(sent.status == 404)
        #expect(
            sent.head == "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nX-Any: 1\r\nConnection: close\r\n\r\n")
    }

    @Test("goes with a body, and with headers that come twice")
    func body() throws {
        let headers = [
            HTTPHeader("X-Twice", "1"), HTTPHeader("X-Twice", "2"), HTTPHeader("Connection", "close, X-Twice"),
        ]
        let asked = try send("POST", "/", headers: headers, body: "{}").asked
        for line in ["POST / HTTP/1.1", "X-Twice: 1", "X-Twice: 2", "Connection: close, X-Twice", "{}"] {
            #expect(asked.contains { $0 == line })
        }
    }

    @Test("asks for a head alone without waiting for a body")
    func headAlone() throws {
        let answer = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\n\r\n"
        #expect(try send("HEAD", "/", answer: answer).status == 401)
    }
}
