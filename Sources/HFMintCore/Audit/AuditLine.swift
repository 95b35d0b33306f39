/// A line as hfmint writes it: every member, in a fixed order, without spaces.
///
/// It holds places in the line, so that a long log is read without copies of its texts.
package typealias AuditLine = AuditRecord<Range<Int>>

extension AuditLine {
    package static var logDigits: Int { 32 }
    package static var hashDigits: Int { 64 }
    /// The most bytes of a line that hfmint writes.
    package static var byteLimit: Int { 256 << 10 }
    /// The most bytes of one text of an event, before escapes; a longer text is cut, and says so.
    package static var textLimit: Int { 2_048 }

    /// Reads a line without its line feed, or returns nil if hfmint did not write it.
    package init?(_ text: Span<UInt8>) {
        guard text.count <= Self.byteLimit else { return nil }
        var reader = JSONReaderState(
            limits: JSONLimits(byteCount: Self.byteLimit, depth: 2, nodeCount: 16), dialect: .json)
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
        AuditEntry(event, log: log, seq: seq, time: time, previous: previous).json.rendered().reveal { $0.bytes }
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
