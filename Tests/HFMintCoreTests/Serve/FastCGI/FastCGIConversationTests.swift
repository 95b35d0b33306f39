import HFMintCore
import HFMintTesting
import Synchronization
import Testing

private typealias Wire = FastCGIBytes

@Suite("fastcgi")
struct FastCGIConversationTests {
    static let servers: [(String, [UInt8])] = [
        ("nginx", Wire.request()),
        ("nginx with keep-alive", Wire.request(keepsConnection: true)),
        ("Caddy", Wire.begin() + Wire.record(4, 1, Wire.pairs(), padding: 5) + Wire.record(4) + Wire.record(5)),
        ("HAProxy", Wire.request(0x7FFF, keepsConnection: true)),
        (
            "Apache, as a client of an authorizer",
            Wire.begin(role: 2) + Wire.record(4, 1, Wire.pairs()) + Wire.record(4)
        ),
        ("lighttpd, likewise", Wire.request(role: 2)),
        ("no end of the body", Wire.begin() + Wire.record(4, 1, Wire.pairs()) + Wire.record(4)),
    ]

    static let broken: [(FastCGIFault, [UInt8])] = [
        (.version, Wire.record(1, 1, [0, 1, 0, 0, 0, 0, 0, 0], version: 2)),
        (.managementID, Wire.record(4, 0)), (.managementID, Wire.record(1, 0, [0, 1, 0, 0, 0, 0, 0, 0])),
        (.requestID, Wire.record(9, 1)), (.type, Wire.record(3)), (.type, Wire.record(6)),
        (.type, Wire.record(99)), (.type, Wire.begin() + Wire.record(8)), (.beginLength, Wire.record(1, 1, [0])),
        (.repeatedBegin, Wire.begin() + Wire.begin()),
        (.valuesLength, Wire.record(9, 0, [UInt8](repeating: 0, count: 1_025))),
        (.inputBeforeParameters, Wire.begin() + Wire.record(5)),
        (.pair, Wire.begin() + Wire.record(4, 1, [5, 0]) + Wire.record(4)),
        (
            .pair,
            Wire.begin() + Wire.record(4, 1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) + Wire.record(4)
        ),
        (.pair, Wire.begin() + Wire.record(4, 1, [0x80, 0]) + Wire.record(4)),
        (.pairCount, Wire.begin() + Wire.record(4, 1, [UInt8](repeating: 0, count: 514)) + Wire.record(4)),
        (
            .parametersSize,
            Wire.begin() + Wire.record(4, 1, [UInt8](repeating: 0, count: 65_535)) + Wire.record(4, 1, [0, 0])
        ),
        (
            .inputLength,
            Wire.request(with: [("HFMINT_ROUTE", "token"), ("CONTENT_LENGTH", "4")], body: Array("abc".utf8))
        ),
    ]

    static let success = "Status: 200 OK\r\nX-Hfmint-Role: r\r\n\r\n"

    @Test(
        "answers each web server's bytes",
        arguments: servers)
    func answers(name: String, bytes: [UInt8]) throws {
        let talk = try Talk(bytes)
        let id = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        let isAuthorizer = bytes[9] == 2
        let expected = isAuthorizer ? "Status: 200 OK\r\nVariable-HFMINT_ROLE: r\r\n\r\n" : Self.success
        #expect(Wire.answer(talk.output, to: id) == expected)
        #expect(talk.requests.count == 1)
        #expect(talk.notes.isEmpty)
    }

    @Test("reads the same in pieces of any size", arguments: [1, 2, 3, 7, 8, 9, 64, 1_000])
    func pieces(size: Int) throws {
        let body = [UInt8](repeating: 0x61, count: 300)
        let bytes = Wire.request(
            keepsConnection: true, with: [("HFMINT_ROUTE", "token"), ("CONTENT_LENGTH", "300")], body: body)
        let whole = try Talk(bytes + bytes)
        let pieces = try Talk(bytes + bytes, pieces: size)
        #expect(pieces.output == whole.output)
        #expect(pieces.requests.map { $0.body?.secret.reveal { $0.bytes } } == [body, body])
    }

    @Test("keeps a connection only if asked to")
    func keeps() throws {
        #expect(try Talk(Wire.request(keepsConnection: true)).next == .stay)
        #expect(try Talk(Wire.request()).next == .close)
        let open = Wire.begin() + Wire.record(4, 1, Wire.pairs()) + Wire.record(4)
        #expect(try Talk(open).next == .closeAfterPeer)
    }

    @Test("takes parameters that are split over records at any byte")
    func split() throws {
        let content = Wire.pairs([("HTTP_X", String(repeating: "x", count: 200))])
        for cut in content.indices.dropFirst() {
            let bytes =
                Wire.begin() + Wire.record(4, 1, Array(content[..<cut])) + Wire.record(4, 1, Array(content[cut...]))
            #expect(Wire.answer(try Talk(bytes + Wire.record(4) + Wire.record(5)).output) == Self.success)
        }
    }

    @Test("reads the largest record there is")
    func largestRecord() throws {
        let content = Wire.pairs()
        let fill = Wire.pair("HTTP_X", String(repeating: "x", count: 65_535 - content.count - 11))
        let bytes = Wire.begin() + Wire.record(4, 1, content + fill, padding: 255) + Wire.record(4) + Wire.record(5)
        #expect(Wire.answer(try Talk(bytes).output) == Self.success)
    }

    @Test(
        "closes the connection without an answer after a fault",
        arguments: broken)
    func faults(fault: FastCGIFault, bytes: [UInt8]) throws {
        let talk = try Talk(bytes + Wire.request())
        #expect(talk.next == .close)
        #expect(talk.output.isEmpty)
        #expect(talk.notes == [fault.rawValue])
        #expect(talk.requests.isEmpty)
    }

    @Test("believes no request that stands in the body of another")
    func smuggling() throws {
        let open = Wire.begin(keepsConnection: true) + Wire.record(4, 1, Wire.pairs()) + Wire.record(4)
        let talk = try Talk(open + Wire.record(5, 1, [1]) + Wire.request(3))
        #expect(talk.next == .close)
        #expect(talk.requests.count == 1)
        let ended = try Talk(
            Wire.request(keepsConnection: true, with: [("CONTENT_LENGTH", "900")], body: [1]) + Wire.request(3))
        #expect(ended.requests.count == 1)
        #expect(ended.next == .close)
    }

    @Test("serves one request at a time")
    func multiplexing() throws {
        let bytes =
            Wire.begin() + Wire.begin(2) + Wire.record(4, 2, Wire.pairs()) + Wire.record(4, 1, Wire.pairs())
            + Wire.record(4, 2) + Wire.record(4) + Wire.record(5, 2) + Wire.record(5)
        let talk = try Talk(bytes)
        #expect(Wire.records(talk.output)?.first == Wire.Record(3, 2, [0, 0, 0, 0, 1, 0, 0, 0]))
        #expect(Wire.answer(talk.output) == Self.success)
        #expect(talk.requests.count == 1)
    }

    @Test("says no in the protocol's words")
    func refusals() throws {
        #expect(Wire.records(try Talk(Wire.begin(role: 3)).output) == [.init(3, 1, [0, 0, 0, 0, 3, 0, 0, 0])])
        #expect(Wire.records(try Talk(Wire.begin(role: 0)).output) == [.init(3, 1, [0, 0, 0, 0, 3, 0, 0, 0])])
        let overloaded = try Talk(Wire.request(), isOverloaded: true)
        // Of an end alone, lighttpd would let the request pass.
        let no = Array("Status: 503 Service Unavailable\r\n\r\n".utf8)
        #expect(
            Wire.records(overloaded.output) == [
                .init(6, 1, no), .init(6, 1, []), .init(3, 1, [0, 0, 0, 0, 2, 0, 0, 0]),
            ])
        #expect(overloaded.requests.isEmpty)
    }

    @Test("answers questions about itself, and leaves out what it does not know")
    func management() throws {
        let names = ["FCGI_MPXS_CONNS", "FCGI_MAX_CONNS", "FCGI_NONE"].flatMap { Wire.pair($0, "") }
        let answer = Wire.pair("FCGI_MAX_CONNS", "4096") + Wire.pair("FCGI_MPXS_CONNS", "0")
        #expect(Wire.records(try Talk(Wire.record(9, 0, names)).output) == [.init(10, 0, answer)])
        #expect(Wire.records(try Talk(Wire.record(77, 0, [1])).output) == [.init(11, 0, [77, 0, 0, 0, 0, 0, 0, 0])])
    }

    @Test("ends a request that the web server gives up, and forgets the answer")
    func abort() throws {
        let bytes = Wire.begin(keepsConnection: true) + Wire.record(4, 1, Wire.pairs([("HFMINT_URI", "/later")]))
        let talk = try Talk(bytes + Wire.record(4) + Wire.record(2))
        #expect(Wire.records(talk.output) == [.init(3, 1, [UInt8](repeating: 0, count: 8))])
        #expect(talk.replies.map(\.isWanted) == [false])
        #expect(talk.conversation.stage == .idle)
        talk.replies[0].send(ServeAnswer(.ok))
        #expect(talk.wakeCount == 0)
    }

    @Test("sends an answer that comes later, once")
    func later() throws {
        let talk = try Talk(Wire.request(keepsConnection: true, with: [("HFMINT_URI", "/later")]))
        #expect(talk.output.isEmpty)
        #expect(talk.conversation.stage == .answering)
        talk.replies[0].send(ServeAnswer(.forbidden))
        talk.replies[0].send(ServeAnswer(.ok))
        #expect(talk.wakeCount == 1)
        talk.take(talk.conversation.resume())
        talk.take(talk.conversation.resume())
        #expect(Wire.answer(talk.output) == "Status: 403 Forbidden\r\n\r\n")
        #expect(talk.conversation.stage == .idle)
    }

    @Test("reads no body that is larger than its route allows", arguments: ["70000", nil])
    func largeBody(announced: String?) throws {
        let part = Wire.record(5, 1, [UInt8](repeating: 0, count: 40_000))
        let open = Wire.begin(keepsConnection: true)
        let pairs = Wire.pairs([("HFMINT_ROUTE", "token"), ("CONTENT_LENGTH", announced)])
        let talk = try Talk(open + Wire.record(4, 1, pairs) + Wire.record(4) + part + part)
        #expect(Wire.answer(talk.output)?.hasPrefix("Status: 413 Content Too Large\r\n") == true)
        #expect(talk.next == .closeAfterPeer)
        #expect(talk.requests.isEmpty)
    }

    @Test(
        "refuses a front door that does not say what it must, and closes the connection",
        arguments: FastCGIBytes.parameters.map(\.0))
    func missing(name: String) throws {
        for changes: [(String, String?)] in [[(name, nil)], [(name, "")], [(name, "decide"), (name, "decide")]] {
            let talk = try Talk(Wire.request(keepsConnection: true, with: changes))
            #expect(Wire.answer(talk.output)?.hasPrefix("Status: 403 Forbidden\r\n") == true)
            #expect(talk.next == .close)
            #expect(talk.requests.isEmpty)
            #expect(talk.notes.first?.hasPrefix(name) == true)
        }
    }

    @Test(
        "refuses what could be taken for something else",
        arguments: [
            ("HFMINT_URL", "/"), ("HFMINT_ROUTE", "Decide"), ("HFMINT_PEER", "a b"), ("HFMINT_HOST", "hüb"),
            ("HFMINT_REQUEST_ID", "a\nb"), ("CONTENT_LENGTH", "-1"), ("CONTENT_LENGTH", "1, 1"),
            ("HFMINT_METHOD", "GET\u{7F}"),
        ])
    func unusual(name: String, value: String) throws {
        let talk = try Talk(Wire.request(with: [(name, value)]))
        #expect(Wire.answer(talk.output)?.hasPrefix("Status: 403 Forbidden\r\n") == true)
        #expect(talk.requests.isEmpty)
    }

    @Test("hands over what the front door said, and nothing that a client could say")
    func request() throws {
        let request = try #require(
            try Talk(
                Wire.request(with: [
                    ("HTTP_AUTHORIZATION", "Bearer hf_x"), ("HTTP_HFMINT_URI", "/evil"),
                    ("HTTP_X_FORWARDED_URI", "/evil"),
                    ("REQUEST_URI", "/evil"), ("CONTENT_TYPE", "application/json"), ("CONTENT_LENGTH", ""),
                ])
            ).requests.first)
        #expect(request.route == .decide)
        #expect(request.uri.elementsEqual("/api/models/acme/model?x=1".utf8))
        #expect(
            [request.method, request.host, request.id, request.peer] == [
                "GET", "hub.acme.example", "9f2c", "192.0.2.7",
            ])
        #expect(request.authorization?.secret.reveal { $0.equals("Bearer hf_x", in: 0..<$0.count) } == true)
        #expect(request.contentType == "application/json")
        #expect(request.contentLength == nil)
        #expect(request.body == nil)
    }
}

/// A conversation that has heard some bytes, and what came of it.
///
/// A request for `/later` waits for its answer.
private final class Talk {
    let conversation: any Conversation
    private(set) var output: [UInt8] = []
    private(set) var next = ConversationTurn.Next.stay
    private let heard = Heard()

    var requests: [ServeRequest] { heard.state.withLock { $0.requests } }
    var replies: [ServeReply] { heard.state.withLock { $0.replies } }
    private(set) var notes: [String] = []
    var wakeCount: Int { heard.state.withLock { $0.wakeCount } }

    init(_ bytes: [UInt8], pieces: Int = .max, isOverloaded: Bool = false) throws {
        let service = FastCGIService(
            respond: { [heard] request, reply in
                heard.state.withLock { state in
                    state.requests.append(request)
                    state.replies.append(reply)
                }
                if !request.uri.elementsEqual("/later".utf8) {
                    reply.send(ServeAnswer(.ok, [.init(.role, .init(lossy: "r"))]))
                }
            })
        let wake: @Sendable () -> Void = { [heard] in heard.state.withLock { $0.wakeCount += 1 } }
        conversation = service.open(isOverloaded: isOverloaded, wake: wake)
        var rest = bytes[...]
        while !rest.isEmpty && next != .close {
            let piece = Array(rest.prefix(pieces))
            rest = rest.dropFirst(piece.count)
            take(conversation.receive(piece.span))
        }
    }

    func take(_ turn: ConversationTurn) {
        for secret in turn.output { output += secret.secret.reveal { $0.bytes } }
        next = turn.next
        notes += turn.complaints
    }

    private final class Heard: Sendable {
        struct State {
            var requests: [ServeRequest] = []
            var replies: [ServeReply] = []
            var wakeCount = 0
        }

        let state = Mutex(State())
    }
}
