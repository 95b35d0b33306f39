/// One line of an audit log, as hfmint writes it: every member, in a fixed order, without spaces.
///
/// It holds positions in the line, so that a long log is read without copies of its texts.
package struct AuditLine: Equatable, Sendable {
    package let log: Range<Int>
    package let seq: Int
    package let time: Range<Int>
    package let event: Range<Int>
    /// The actor's issuer, or nil if no actor is known.
    package let issuer: Range<Int>?
    package let subject: Range<Int>?
    package let verified: Range<Int>
    package let role: Range<Int>?
    package let resource: Range<Int>?
    package let decision: Range<Int>?
    package let reason: Range<Int>?
    package let tokenSHA256: Range<Int>?
    package let expiresAt: Range<Int>?
    package let requestID: Range<Int>?
    /// The digest of the line before, or nil in the first line of a log.
    package let previous: Range<Int>?

    package static let logDigits = 32
    package static let hashDigits = 64
    /// The most bytes of a line that hfmint writes.
    package static let byteLimit = 256 << 10
    /// The most bytes of one text of an event, before escapes; a longer text is cut, and says so.
    package static let textLimit = 2_048

    private static let limits = JSONLimits(byteCount: byteLimit, depth: 2, nodeCount: 16)

    /// Reads a line without its line feed, or returns nil if hfmint did not write it.
    package init?(_ text: Span<UInt8>) {
        guard text.count <= Self.byteLimit else { return nil }
        var reader = JSONReaderState(limits: Self.limits, dialect: .json)
        do throws(Malformed) {
            log = try reader.member(#"{"log":"#, text)
            seq = try reader.sequenceNumber(#","seq":"#, text)
            time = try reader.member(#","time":"#, text)
            event = try reader.member(#","event":"#, text)
            let begins = try reader.isObject(#","actor":"#, text)
            issuer = begins ? try reader.member(#"{"issuer":"#, text) : nil
            subject = begins ? try reader.member(#","subject":"#, text) : nil
            if begins { try reader.expect("}", text) }
            verified = try reader.member(#","actor_verified":"#, text)
            role = try reader.optional(#","role":"#, text)
            resource = try reader.optional(#","resource":"#, text)
            decision = try reader.optional(#","decision":"#, text)
            reason = try reader.optional(#","reason":"#, text)
            tokenSHA256 = try reader.optional(#","token_sha256":"#, text)
            expiresAt = try reader.optional(#","expires_at":"#, text)
            requestID = try reader.optional(#","request_id":"#, text)
            previous = try reader.optional(#","previous":"#, text)
            try reader.expect("}", text)
        } catch {
            return nil
        }
        guard reader.position == text.count, text.isHexadecimal(log, Self.logDigits),
            previous.map({ text.isHexadecimal($0, Self.hashDigits) }) ?? true
        else { return nil }
    }

    /// Returns the line of `event`, without its line feed.
    package static func bytes(
        _ event: AuditEvent, log: String, seq: Int, time: Timestamp, previous: String?
    ) -> [UInt8] {
        let actor: JSONValue =
            event.actor.map { ["issuer": .auditText($0.issuer), "subject": .auditText($0.subject)] } ?? .null
        let record: JSONValue = [
            "log": .string(log),
            "seq": .integer(seq),
            "time": .string(time.rfc3339),
            "event": .string(event.kind.rawValue),
            "actor": actor,
            "actor_verified": .string((event.actor?.verified ?? .no).rawValue),
            "role": .auditText(event.role),
            "resource": .auditText(event.resource),
            "decision": .string(event.decision?.rawValue),
            "reason": .auditText(event.reason),
            "token_sha256": .auditText(event.tokenSHA256),
            "expires_at": .string(event.expiresAt?.rfc3339),
            "request_id": .auditText(event.requestID),
            "previous": .string(previous),
        ]
        return record.rendered().reveal { $0.bytes }
    }
}

extension JSONValue {
    /// Returns a text from outside without what looks like a token; a text that is too long is cut, and says so.
    static func auditText(_ text: String?) -> JSONValue {
        guard let text = text?.withoutTokens else { return .null }
        guard text.utf8.count > AuditLine.textLimit else { return .string(text) }
        let kept = String(decoding: text.utf8.prefix(AuditLine.textLimit), as: UTF8.self)
        return .string("\(kept)… (\(text.utf8.count) bytes)")
    }
}

extension Span<UInt8> {
    fileprivate func isHexadecimal(_ range: Range<Int>, _ count: Int) -> Bool {
        guard range.count == count else { return false }
        return range.allSatisfy { self[$0].isLowercaseHexDigit }
    }
}

extension JSONReaderState {
    fileprivate mutating func expect(_ word: String, _ text: Span<UInt8>) throws(Malformed) {
        for byte in word.utf8 { try take(byte, text) }
    }

    fileprivate mutating func member(_ name: String, _ text: Span<UInt8>) throws(Malformed) -> Range<Int> {
        try expect(name, text)
        guard try peek(text) == ASCII.quote else { throw failure(.unexpectedByte) }
        return try string(text)
    }

    fileprivate mutating func optional(_ name: String, _ text: Span<UInt8>) throws(Malformed) -> Range<Int>? {
        try expect(name, text)
        if try peek(text) == ASCII.quote { return try string(text) }
        try expect("null", text)
        return nil
    }

    /// Reads `name`, and returns whether an object follows it; otherwise `null` must.
    fileprivate mutating func isObject(_ name: String, _ text: Span<UInt8>) throws(Malformed) -> Bool {
        try expect(name, text)
        if try peek(text) == UInt8(ascii: "{") { return true }
        try expect("null", text)
        return false
    }

    fileprivate mutating func sequenceNumber(_ name: String, _ text: Span<UInt8>) throws(Malformed) -> Int {
        try expect(name, text)
        let start = position
        try digits(text)
        guard position - start <= 18, text[start] != UInt8(ascii: "0") else { throw failure(.badNumber) }
        var number = 0
        for index in start..<position { number = number * 10 + Int(text[index] - UInt8(ascii: "0")) }
        return number
    }
}
