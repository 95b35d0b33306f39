internal import Synchronization

/// Attacks a running front door from outside, and judges what it answers.
///
/// ``run()`` asks first what nobody may have, so that it is known how the front door refuses, and what the caller may
/// have, so that it is known that it lets somebody in. Then it sends ``allAttacks(on:)``, a few at once, each over a
/// connection of its own, to the one origin that it was given; it follows no redirect.
package struct Prober: Sendable {
    private let front: Origin
    private let ticket: SharedSecret?
    private let allowed: Resource?
    private let tokens: ForgedTokens
    private let context: Context

    /// How many requests wait for an answer at once.
    private static let most = 4
    /// A refusal is short, and comes at once.
    private static let limits = HTTPLimits(
        connectMilliseconds: 10_000, totalMilliseconds: 15_000, bodyByteCount: 64 << 10)

    /// - Parameters:
    ///   - ticket: visible ASCII without blanks; what it may not do is tried with it.
    ///   - allowed: a model, a dataset or a Space that the ticket, or without one anybody, may read.
    package init(
        _ front: Origin, ticket: SharedSecret?, allowed: Resource?, tokens: ForgedTokens, in context: Context
    ) {
        self.front = front
        self.ticket = ticket
        self.allowed = allowed
        self.tokens = tokens
        self.context = context
    }

    /// Sends all attacks, and returns what came of each.
    ///
    /// - Throws: ``MintError/Code/serviceUnavailable`` and its like if the front door does not answer,
    ///   ``MintError/Code/frontUnclear`` if what answers refuses nobody or lets nobody in.
    package func run() throws(MintError) -> ProbeReport {
        var subject = subject(allowed: allowed, isOpen: false)
        let refusal = try first(.nobody(subject))
        var good: ProbeAnswer?
        // Of a front door that lets nobody's request through, no more need be known.
        if let allowed, !isThrough(refusal, subject) {
            let read = Attack("an allowed request", .operation, api(allowed))
            let isOpen = isSuccess(try first(read.with { $0.credential = .none }))
            subject = self.subject(allowed: allowed, isOpen: isOpen)
            let answer = try first(read)
            guard isSuccess(answer) else { throw refusedGood(read, answer) }
            good = answer
        }
        if good == nil { subject = self.subject(allowed: nil, isOpen: false) }
        let baseline = ProbeBaseline(refusal: refusal, allowed: good)
        let findings = answers(to: allAttacks(on: subject)).map { attack, answer in
            ProbeFinding(
                attack: attack, answer: answer, verdict: ProbeVerdict(answer, to: attack, knowing: baseline))
        }
        return ProbeReport(front: front, findings: findings, marksRefusals: refusal.isOwnRefusal)
    }

    private func isThrough(_ answer: ProbeAnswer, _ subject: ProbeSubject) -> Bool {
        let baseline = ProbeBaseline(refusal: answer, allowed: nil)
        if case .through = ProbeVerdict(answer, to: .nobody(subject), knowing: baseline) { return true }
        return false
    }

    private func subject(allowed: Resource?, isOpen: Bool) -> ProbeSubject {
        ProbeSubject(
            front: front, stranger: stranger, allowed: allowed, hasTicket: ticket != nil, isOpen: isOpen,
            tokens: tokens)
    }

    /// Drawn by the time, and recognisable in a log.
    private var stranger: String {
        "hfmint-probe-\(DrawnWord.draw(from: UInt64(max(0, tokens.now.secondsSince1970))))"
    }

    private func isSuccess(_ answer: ProbeAnswer) -> Bool { answer.status.map { (200..<300).contains($0) } ?? false }
}

extension Prober {
    /// Sends one of the first requests, whose answer must be one at all.
    private func first(_ attack: Attack) throws(MintError) -> ProbeAnswer {
        let answer: ProbeAnswer
        do throws(TransportError) {
            answer = try send(attack)
        } catch {
            if error.kind == .tooLarge { return ProbeAnswer(.long) }
            throw .transport(error, to: front.host, doing: .serviceUnavailable)
        }
        guard let status = answer.status else { return answer }
        if status >= 500 {
            throw MintError(
                .serviceUnavailable, "\(front) answers \(status) to \(attack.sent)",
                hint: "see whether `hfmint serve run` is behind it, and what the web server's log says")
        }
        // Who gets through shows it by other answers.
        if [404, 405, 301, 302, 308].contains(status), answer.hubMark == nil, !answer.isOwnRefusal {
            throw MintError(
                .frontUnclear, "\(front) answers \(status) to \(attack.sent): it does not refuse as a front door does",
                hint: "give the origin that HF_ENDPOINT names to its clients")
        }
        return answer
    }

    private func refusedGood(_ attack: Attack, _ answer: ProbeAnswer) -> MintError {
        let status = answer.status.map { "\($0)" } ?? "nothing"
        return MintError(
            .frontUnclear, "\(front) answers \(status) to \(attack.sent), which --allowed says may pass",
            hint: ticket == nil
                ? "give a repository of the manifest's 'serve.anonymous', or a ticket: --ticket-file PATH"
                : "give a ticket that is still good, and a repository that it may read")
    }

    private func answers(to attacks: [Attack]) -> [(Attack, ProbeAnswer)] {
        let next = Mutex(0)
        let answers = Mutex([ProbeAnswer?](repeating: nil, count: attacks.count))
        let unit: @Sendable () -> Duration? = {
            let index = next.withLock { next in
                defer { next += 1 }
                return next
            }
            guard index < attacks.count else { return nil }
            let answer = self.answer(to: attacks[index])
            let done = answers.withLock { answers in
                answers[index] = answer
                return answers.count { $0 != nil }
            }
            if done % 20 == 0 { context.progress("\(done) of \(attacks.count) requests are answered") }
            return .zero
        }
        context.workers.run(Array(repeating: unit, count: Self.most))
        return answers.withLock { answers in
            zip(attacks, answers).map { ($0, $1 ?? ProbeAnswer(.none("it was not sent"))) }
        }
    }

    /// Sends one attack; what gets no answer in time is sent once more.
    private func answer(to attack: Attack) -> ProbeAnswer {
        var reason = ""
        for _ in 0..<2 {
            do throws(TransportError) {
                if attack.followsAllowed { _ = try send(attack.with { $0.credential = .caller }) }
                return try send(attack)
            } catch {
                switch error.kind {
                case .interrupted: return ProbeAnswer(.closed)
                case .tooLarge: return ProbeAnswer(.long)
                default: reason = error.reason
                }
            }
        }
        return ProbeAnswer(.none(reason))
    }

    private func send(_ attack: Attack) throws(TransportError) -> ProbeAnswer {
        var request = HTTPRequest(.get, HTTPURL(front, "/"), headers: attack.headers, limits: Self.limits)
        request.line = RequestLine(method: attack.method, target: attack.target)
        request.route = try ProxySettings(context).route(to: front)
        request.trust = TrustAnchors(context.environment)
        // What an attack leaves in a connection must not reach the next one.
        request.actsOnce = true
        switch attack.credential {
        case .nonsense(let value), .ticket(.after(let value)):
            request.headers.append(HTTPHeader("Authorization", value))
        case .caller, .none, .ticket: break
        }
        let body = attack.body.map { HTTPBody.Content(type: $0.type, bytes: Secret(copying: $0.bytes)) }
        let response = try context.transport.send(
            request, credential: credential(attack.credential), body: HTTPBody(body))
        return ProbeAnswer(response, ticket: ticket)
    }

    private func credential(_ credential: Attack.Credential) -> HTTPCredential {
        guard let ticket else { return .none }
        switch credential {
        case .none, .nonsense: return .none
        case .caller, .ticket(.after): return .bearer(ticket.secret.duplicate())
        case .ticket(.asBasicUser):
            let pair = ticket.secret.enclosed(by: "", and: ":").base64Encoded()
            return .header(name: "Authorization", prefix: "Basic ", pair)
        case .ticket(.lastByteChanged): return .bearer(ticket.secret.withLastByteChanged())
        case .ticket(.lastBytesCut): return .bearer(ticket.secret.cut { max(1, $0.count - 4) })
        case .ticket(.signatureCut):
            return .bearer(
                ticket.secret.cut { text in text.indices.last { text[$0] == ASCII.dot } ?? max(1, text.count / 2) })
        }
    }
}

extension HTTPCredential {
    fileprivate static func bearer(_ secret: consuming Secret) -> HTTPCredential {
        .header(name: "Authorization", prefix: "Bearer ", secret)
    }
}

extension Secret {
    /// Returns the first bytes, as many as `count` says.
    fileprivate borrowing func cut(_ count: (Span<UInt8>) -> Int) -> Secret {
        reveal { text in Secret(copying: text.extracting(0..<min(text.count, count(text)))) }
    }

    /// Returns the bytes with another letter at the end.
    fileprivate borrowing func withLastByteChanged() -> Secret {
        reveal { text in
            var buffer = SecretBuffer(capacity: text.count)
            for index in text.indices.dropLast() { buffer.append(text[index]) }
            if let last = text.indices.last {
                buffer.append(text[last] == UInt8(ascii: "A") ? UInt8(ascii: "Q") : UInt8(ascii: "A"))
            }
            return buffer.finish()
        }
    }
}
