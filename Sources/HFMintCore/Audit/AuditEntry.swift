/// A line of an audit log with its texts.
package struct AuditEntry: Sendable {
    package let log: String
    package let seq: Int
    package let time: String
    package let event: String
    package let issuer: String?
    package let subject: String?
    package let verified: String
    package let role: String?
    package let resource: String?
    package let decision: String?
    package let reason: String?
    package let tokenSHA256: String?
    package let expiresAt: String?
    package let requestID: String?
    package let previous: String?

    /// Reads a line without its line feed, or returns nil if it is no line of an audit log.
    package init?(_ text: Span<UInt8>) {
        guard let line = AuditLine(text) else { return nil }
        func decoded(_ range: Range<Int>) -> String {
            var bytes: [UInt8] = []
            JSONString.decode(text, in: range) { bytes.append($0) }
            return String(decoding: bytes, as: UTF8.self)
        }
        log = decoded(line.log)
        seq = line.seq
        time = decoded(line.time)
        event = decoded(line.event)
        issuer = line.issuer.map(decoded)
        subject = line.subject.map(decoded)
        verified = decoded(line.verified)
        role = line.role.map(decoded)
        resource = line.resource.map(decoded)
        decision = line.decision.map(decoded)
        reason = line.reason.map(decoded)
        tokenSHA256 = line.tokenSHA256.map(decoded)
        expiresAt = line.expiresAt.map(decoded)
        requestID = line.requestID.map(decoded)
        previous = line.previous.map(decoded)
    }

    /// The line as JSON, with the names that it has in the log.
    package var json: JSONValue {
        let actor: JSONValue =
            issuer.map { ["issuer": .string($0), "subject": .string(subject)] } ?? .null
        return [
            "log": .string(log), "seq": .integer(seq), "time": .string(time), "event": .string(event),
            "actor": actor, "actor_verified": .string(verified), "role": .string(role), "resource": .string(resource),
            "decision": .string(decision), "reason": .string(reason), "token_sha256": .string(tokenSHA256),
            "expires_at": .string(expiresAt), "request_id": .string(requestID), "previous": .string(previous),
        ]
    }

    /// The line for a terminal, with texts from claims and servers escaped.
    package var line: String {
        let who = subject.map { "\($0) (\(verified == "no" ? "not verified" : "verified by \(verified)"))" }
        let parts = [
            time, "\(seq)", event, decision, who, role.map { "as \($0)" }, resource.map { "for \($0)" }, reason,
            tokenSHA256.map { "token \($0.prefix(12))…" }, expiresAt.map { "until \($0)" },
        ]
        return parts.compactMap { $0 }.map(\.printable).joined(separator: "  ")
    }
}
