import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

@Suite("sending once")
struct SendingOnceTests {
    private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    /// Two requests over one transport; the server closes the first connection when it has read the second request.
    private func paths(actsOnce: Bool) throws -> (asked: [String], failed: Bool) {
        let server = try LoopbackServer(
            connections: actsOnce ? [[Self.answer], [""], [Self.answer]] : [[Self.answer, ""], [Self.answer]])
        let transport = CurlTransport(environment: [:])
        _ = try transport.send(HTTPRequest(.get, try server.url("/first")), credential: .none, body: .none)
        var request = HTTPRequest(.post, try server.url("/second"))
        request.actsOnce = actsOnce
        var failed = false
        do {
            _ = try transport.send(request, credential: .none, body: .json(Secret("{}")))
        } catch {
            failed = true
        }
        return (server.asked.compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }, failed)
    }

    @Test("a request that acts anew each time is not sent again when its connection is closed")
    func once() throws {
        let (asked, failed) = try paths(actsOnce: true)
        #expect(asked == ["/first", "/second"] && failed)
    }

    @Test("libcurl sends any other request again, which is why")
    func again() throws {
        let (asked, failed) = try paths(actsOnce: false)
        #expect(asked == ["/first", "/second", "/second"] && !failed)
    }
}
