/// The name of one record of one log.
///
/// A head that is kept elsewhere proves later that the log is unchanged up to its record.
package struct AuditHead: Equatable, Sendable, CustomStringConvertible {
    /// The name of the log: 32 hexadecimal digits, drawn when it began.
    package let log: String
    package let seq: Int
    /// The SHA-256 of the record's line without its line feed, in hexadecimal.
    package let sha256: String

    /// `LOG:SEQ:SHA256`: one word, for a variable, a ticket, or another log.
    package var description: String { "\(log):\(seq):\(sha256)" }
}

extension AuditHead {
    /// Reads what ``description`` writes, or returns nil for anything else.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: ASCII.colon, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isHexadecimal(count: AuditLine.logDigits),
            parts[2].isHexadecimal(count: AuditLine.hashDigits), let seq = Int(digits: parts[1]), seq > 0
        else { return nil }
        self.init(log: String(Substring(parts[0])), seq: seq, sha256: String(Substring(parts[2])))
    }
}

extension Int {
    /// Reads a positive number of digits alone, without a zero in front, or returns nil.
    init?(digits: some Collection<UInt8>) {
        guard (1...18).contains(digits.count), digits.allSatisfy(\.isASCIIDigit), digits.first != UInt8(ascii: "0")
        else { return nil }
        self = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
