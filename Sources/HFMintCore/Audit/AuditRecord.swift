/// The members of one line of an audit log, in their order.
///
/// A `Text` is a string, or its place in the line.
package struct AuditRecord<Text> {
    package let log: Text
    package let seq: Int
    package let time: Text
    package let event: Text
    /// The actor's issuer, or nil if no actor is known.
    package let issuer: Text?
    package let subject: Text?
    package let verified: Text
    package let role: Text?
    package let resource: Text?
    package let decision: Text?
    package let reason: Text?
    package let tokenSHA256: Text?
    package let expiresAt: Text?
    package let requestID: Text?
    /// The digest of the line before, or nil in the first line of a log.
    package let previous: Text?
}

extension AuditRecord: Equatable where Text: Equatable {}
extension AuditRecord: Sendable where Text: Sendable {}

/// A line with its texts.
package typealias AuditEntry = AuditRecord<String>

extension AuditEntry {
    /// Reads a line without its line feed, or returns nil if it is no line of an audit log.
    package init?(_ text: Span<UInt8>) {
        guard let line = AuditLine(text) else { return nil }
        func decoded(_ range: Range<Int>) -> String {
            var bytes: [UInt8] = []
            JSONString.decode(text, in: range) { bytes.append($0) }
            return String(decoding: bytes, as: UTF8.self)
        }
        self.init(
            log: decoded(line.log), seq: line.seq, time: decoded(line.time), event: decoded(line.event),
            issuer: line.issuer.map(decoded), subject: line.subject.map(decoded), verified: decoded(line.verified),
            role: line.role.map(decoded), resource: line.resource.map(decoded), decision: line.decision.map(decoded),
            reason: line.reason.map(decoded), tokenSHA256: line.tokenSHA256.map(decoded),
            expiresAt: line.expiresAt.map(decoded), requestID: line.requestID.map(decoded),
            previous: line.previous.map(decoded))
    }

    /// Makes the line of `event`; its texts from outside hold no token, and are cut if they are too long.
    init(_ event: AuditEvent, log: String, seq: Int, time: Timestamp, previous: String?) {
        self.init(
            log: log, seq: seq, time: time.rfc3339, event: event.kind.rawValue, issuer: event.actor?.issuer.auditText,
            subject: event.actor?.subject.auditText, verified: (event.actor?.verified ?? .no).rawValue,
            role: event.role?.auditText, resource: event.resource?.auditText, decision: event.decision?.rawValue,
            reason: event.reason?.auditText, tokenSHA256: event.tokenSHA256?.auditText,
            expiresAt: event.expiresAt?.rfc3339, requestID: event.requestID?.auditText, previous: previous)
    }

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

extension String {
    /// A text from outside without what looks like a token; a text that is too long is cut, and says so.
    var auditText: String {
        let text = withoutTokens
        guard text.utf8.count > AuditLine.textLimit else { return text }
        let kept = String(decoding: text.utf8.prefix(AuditLine.textLimit), as: UTF8.self)
        return "\(kept)… (\(text.utf8.count) bytes)"
    }
}
