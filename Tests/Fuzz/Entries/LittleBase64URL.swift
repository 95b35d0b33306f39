/// Base64url by way of a list of bits: slow, and nothing like the decoder under test.
enum LittleBase64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        return stride(from: 0, to: bits.count, by: 6).map { start in
            let group = bits[start..<min(start + 6, bits.count)]
            return alphabet[Int(group.reduce(0) { $0 << 1 | $1 } << UInt8(6 - group.count))]
        }
    }

    /// `nil` unless encoding the result gives back exactly `text`.
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        let values = text.compactMap { alphabet.firstIndex(of: $0) }
        guard values.count == text.count else { return nil }
        let bits = values.flatMap { value in (0..<6).map { UInt8(value >> (5 - $0) & 1) } }
        let bytes = stride(from: 0, to: bits.count / 8 * 8, by: 8).map { start in
            bits[start..<start + 8].reduce(0) { $0 << 1 | $1 }
        }
        return encode(bytes) == text ? bytes : nil
    }
}
