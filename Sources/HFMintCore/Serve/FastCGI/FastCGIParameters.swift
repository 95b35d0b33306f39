/// The name-value pairs of a request or of a management record.
///
/// <https://fastcgi-archives.github.io/FastCGI_Specification.html#S3.4>
///
/// The bytes may hold a credential, so a pair is two ranges in them. A name that occurs twice is kept twice.
struct FastCGIParameters: Equatable {
    struct Pair: Equatable {
        let name: Range<Int>
        let value: Range<Int>
    }

    let pairs: [Pair]

    init(_ bytes: Span<UInt8>, maximumCount: Int) throws(FastCGIFault) {
        var pairs: [Pair] = []
        pairs.reserveCapacity(16)
        var position = 0
        while position < bytes.count {
            guard pairs.count < maximumCount else { throw .pairCount }
            let nameLength = try Self.length(bytes, at: &position)
            let valueLength = try Self.length(bytes, at: &position)
            // Each length is compared with what is left, so that no sum can overflow:
            // https://github.com/FastCGI-Archives/fcgi2/issues/67 (CVE-2025-23016)
            guard nameLength <= bytes.count - position else { throw .pair }
            let name = position..<position + nameLength
            guard valueLength <= bytes.count - name.upperBound else { throw .pair }
            position = name.upperBound + valueLength
            pairs.append(Pair(name: name, value: name.upperBound..<position))
        }
        self.pairs = pairs
    }

    /// Reads a length: one byte up to 127, else four, whose first bit is set.
    private static func length(_ bytes: Span<UInt8>, at position: inout Int) throws(FastCGIFault) -> Int {
        guard position < bytes.count else { throw .pair }
        let first = bytes[position]
        guard first & 0x80 != 0 else {
            position += 1
            return Int(first)
        }
        guard bytes.count - position >= 4 else { throw .pair }
        defer { position += 4 }
        return (position + 1..<position + 4).reduce(Int(first & 0x7F)) { $0 << 8 | Int(bytes[$1]) }
    }

    /// Returns a pair in the same form.
    static func encode(_ name: String, _ value: String) -> [UInt8] {
        encode(length: name.utf8.count) + encode(length: value.utf8.count) + name.utf8 + value.utf8
    }

    private static func encode(length: Int) -> [UInt8] {
        guard length > 127 else { return [UInt8(length)] }
        return [UInt8(length >> 24 | 0x80), UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255)]
    }
}
