/// Base64url without padding, as JOSE uses it.
///
/// <https://www.rfc-editor.org/rfc/rfc7515#appendix-C>
package enum Base64URL {
    /// Returns the decoded bytes, or nil if `text` is not canonical.
    ///
    /// It refuses a byte outside the alphabet, padding, an impossible length, and stray bits at the end.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var pending: UInt32 = 0
        var bits = 0
        for index in text.indices {
            guard let value = value(of: text[index]) else { return nil }
            pending = pending << 6 | UInt32(value)
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
        }
        return pending & (1 << UInt32(bits) - 1) == 0 ? bytes : nil
    }

    package static func encode(_ bytes: [UInt8]) -> String {
        let text = Secret(copying: bytes).base64Encoded().reveal { $0.bytes }
        let kept = text.prefix { $0 != ASCII.equals }.map { byte in
            switch byte {
            case UInt8(ascii: "+"): ASCII.minus
            case ASCII.slash: ASCII.underscore
            default: byte
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }

    package static func isInAlphabet(_ byte: UInt8) -> Bool { value(of: byte) != nil }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case ASCII.minus: 62
        case ASCII.underscore: 63
        default: nil
        }
    }
}
