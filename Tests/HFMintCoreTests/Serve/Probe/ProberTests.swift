import HFMintCore
import HFMintTesting
import Synchronization
import Testing

@Suite("prober")
struct ProberTests {
    private func prober(_ transport: any HTTPTransport, ticket: String? = nil, allowed: Resource? = nil) -> Prober {
        var context = FakeMachine().context
        context.machine.transport = transport
        return Prober(
            AttackTests.front, ticket: ticket.map { SharedSecret(Secret($0)) }, allowed: allowed,
            tokens: AttackTests.tokens, in: context)
    }

    private func failure(_ transport: any HTTPTransport, allowed: Resource? = nil) -> MintError? {
        #expect(throws: MintError.self) { try prober(transport, allowed: allowed).run() }
    }

    @Test("finds nothing where all is refused")
    func refused() throws {
        let report = try prober(ConstantTransport(.status(403, ""))).run()
        #expect(report.failures.isEmpty)
        #expect(report.heldCount == report.findings.count)
        #expect(report.findings.count == allAttacks(on: AttackTests.subject(allowed: nil, hasTicket: false)).count)
        #expect(!report.marksRefusals)
    }

    @Test("finds all where nothing is refused, with or without a repository to read")
    func open() throws {
        for allowed in [nil, AttackTests.model] {
            let report = try prober(ConstantTransport(.status(200, "{}")), ticket: "t.s", allowed: allowed).run()
            #expect(report.failures.map(\.code) == [.frontOpen])
            #expect(report.failures.first?.details.count == report.through.count)
            // A page of the server's own is no relay.
            let held = report.findings.filter { $0.verdict == .held }.map(\.attack.expectation)
            #expect(held.allSatisfy { $0 == .notRelayed })
        }
    }

    @Test(
        "says that there is no front door",
        arguments: [(404, MintError.Code.frontUnclear), (301, .frontUnclear), (502, .serviceUnavailable)])
    func none(status: Int, code: MintError.Code) {
        #expect(failure(ConstantTransport(.status(status, "")))?.code == code)
    }

    @Test("says that the front door cannot be reached")
    func unreachable() {
        #expect(failure(ConstantTransport(.failure(.connect)))?.code == .serviceUnavailable)
        #expect(failure(ConstantTransport(.failure(.untrusted)))?.code == .serverUntrusted)
    }

    @Test("proves nothing where nobody is let in")
    func nobodyLetIn() {
        #expect(failure(ConstantTransport(.status(403, "")), allowed: AttackTests.model)?.code == .frontUnclear)
    }

    @Test("sends each attack alone, in its own line, and the ticket only where it belongs")
    func sends() throws {
        let transport = RefusingTransport()
        _ = try prober(transport, ticket: "hf_ticket_a.b").run()
        let sent = transport.sent
        #expect(sent.allSatisfy { $0.request.actsOnce && $0.request.url.origin == AttackTests.front })
        let lines = Set(sent.compactMap { $0.request.line?.target })
        #expect(lines.contains("/oauth/token"))
        let trades = sent.filter { $0.request.line?.target == "/oauth/token" }
        #expect(trades.allSatisfy { $0.credential == nil })
        let shown = Set(sent.compactMap(\.credential))
        #expect(shown.contains("Authorization: Bearer hf_ticket_a.b"))
        #expect(shown.contains("Authorization: Bearer hf_ticket_a.A"))
        #expect(shown.contains("Authorization: Bearer hf_ticket_a"))
        #expect(shown.contains("Authorization: Basic aGZfdGlja2V0X2EuYjo="))
    }
}

/// A server that refuses all, and keeps what it was sent.
private final class RefusingTransport: HTTPTransport {
    struct Sent: Sendable {
        let request: HTTPRequest
        /// The credential's header line.
        let credential: String?
    }

    private let kept = Mutex<[Sent]>([])

    var sent: [Sent] { kept.withLock { $0 } }

    func send(
        _ request: HTTPRequest, credential: borrowing HTTPCredential, body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse {
        let line: String?
        switch credential {
        case .none: line = nil
        case .awsSignature: line = nil
        case .header(let header): line = "\(header.names[0]): \(header.prefix)\(header.secret.revealedText())"
        }
        kept.withLock { $0.append(Sent(request: request, credential: line)) }
        return HTTPResponse(status: 403, body: Secret(""))
    }

    func closeIdleConnections() {}
}
