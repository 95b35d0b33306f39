/// The target of a request, its path and query, in the one form that every reader takes apart in the same way.
///
/// A decision is worth nothing if the server upstream reads another path than the one that was decided on. So nothing
/// is normalised here: a target that a server might decode, merge, cut or resolve is refused, and the bytes that were
/// accepted are the bytes to forward. <https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2> says which spellings mean
/// the same; of each only the first is taken.
///
/// ```swift
/// try CanonicalTarget(Array("/api/models/acme/model/tree/refs%2Fpr%2F1".utf8)).segments.count  // 6
/// try CanonicalTarget(Array("/api//models/acme/model".utf8))  // throws: an empty part
/// ```
package struct CanonicalTarget: Equatable, Sendable {
    /// The target as it was sent.
    package let bytes: [UInt8]
    /// The parts of the path between its slashes, percent-encoded as they were sent; at least one.
    package let segments: [ArraySlice<UInt8>]
    /// What follows the first `?`, or nil without one.
    package let query: ArraySlice<UInt8>?

    package static let byteLimit = 8_192
    package static let segmentLimit = 128

    /// Reads a target, or throws the first reason why it is not in canonical form.
    package init(_ bytes: [UInt8]) throws(Fault) {
        guard bytes.count <= Self.byteLimit else { throw Fault(.tooLong, at: Self.byteLimit) }
        guard bytes.first == ASCII.slash else { throw Fault(.notAPath, at: 0) }
        let end = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        let segments = Self.parts(of: bytes[1..<end])
        guard segments.count <= Self.segmentLimit else {
            throw Fault(.tooManySegments, at: segments[Self.segmentLimit].startIndex)
        }
        for segment in segments { try Self.check(segment) }
        if end < bytes.endIndex { try Self.checkQuery(bytes[(end + 1)...]) }
        self.bytes = bytes
        self.segments = segments
        query = end < bytes.endIndex ? bytes[(end + 1)...] : nil
    }

    /// Why a target was refused, and at which byte.
    package struct Fault: Error, Equatable, Sendable {
        package let reason: Reason
        /// Counted from 0.
        package let offset: Int

        init(_ reason: Reason, at offset: Int) {
            self.reason = reason
            self.offset = offset
        }
    }

    package enum Reason: CaseIterable, Sendable {
        case notAPath, tooLong, tooManySegments, emptySegment, dotSegment, forbiddenByte, brokenEncoding
        case needlessEncoding, lowerCaseEncoding, encodedControl, encodedBackslash, doubleEncoding, notUTF8
    }
}

extension CanonicalTarget {
    private static func parts(of path: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        // As many as the Hub's paths have, mostly.
        parts.reserveCapacity(12)
        var start = path.startIndex
        for index in path.indices where path[index] == ASCII.slash {
            parts.append(path[start..<index])
            start = index + 1
        }
        parts.append(path[start...])
        return parts
    }

    private static func check(_ segment: ArraySlice<UInt8>) throws(Fault) {
        // Most parts are as plain as that.
        guard !segment.allSatisfy(isPathByte) else {
            return try check(part: segment, of: segment)
        }
        var decoded: [UInt8] = []
        var index = segment.startIndex
        while index < segment.endIndex {
            let byte = segment[index]
            if byte == ASCII.percent {
                decoded.append(try encodedByte(segment, at: index))
                index += 3
            } else {
                guard isPathByte(byte) else { throw Fault(.forbiddenByte, at: index) }
                decoded.append(byte)
                index += 1
            }
        }
        // An encoded slash is allowed where it is data, as in refs%2Fpr%2F1. A server that takes it for a slash must
        // not find a part there that is empty, or that leads upwards.
        for part in decoded.split(separator: ASCII.slash, omittingEmptySubsequences: false) {
            try check(part: part, of: segment)
        }
        guard decoded.count < segment.count else { return }
        guard !holdsEncoding(decoded) else { throw Fault(.doubleEncoding, at: segment.startIndex) }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw Fault(.notUTF8, at: segment.startIndex)
        }
        guard !text.unicodeScalars.contains(where: { (0x80...0x9F).contains($0.value) }) else {
            throw Fault(.encodedControl, at: segment.startIndex)
        }
    }

    private static func check(part: ArraySlice<UInt8>, of segment: ArraySlice<UInt8>) throws(Fault) {
        guard !part.isEmpty else { throw Fault(.emptySegment, at: segment.startIndex) }
        let isDots = part.count <= 2 && part.allSatisfy { $0 == ASCII.dot }
        guard !isDots else { throw Fault(.dotSegment, at: segment.startIndex) }
    }

    /// Returns the byte that `%` and two digits at `index` stand for.
    private static func encodedByte(_ segment: ArraySlice<UInt8>, at index: Int) throws(Fault) -> UInt8 {
        guard let byte = decodedByte(segment, at: index) else { throw Fault(.brokenEncoding, at: index) }
        guard !segment[index + 1].isASCIILowercase, !segment[index + 2].isASCIILowercase else {
            throw Fault(.lowerCaseEncoding, at: index)
        }
        guard !byte.isUnreserved else { throw Fault(.needlessEncoding, at: index) }
        guard !byte.isASCIIControl else { throw Fault(.encodedControl, at: index) }
        guard byte != ASCII.backslash else { throw Fault(.encodedBackslash, at: index) }
        return byte
    }

    /// Checks a query more loosely than a path, because what it says is never decided on; browsers send `[` and `|`.
    private static func checkQuery(_ query: ArraySlice<UInt8>) throws(Fault) {
        for index in query.indices {
            let byte = query[index]
            guard byte.isASCIIVisible, !"\"#<>\\".utf8.contains(byte) else { throw Fault(.forbiddenByte, at: index) }
            guard byte == ASCII.percent else { continue }
            guard let decoded = decodedByte(query, at: index) else { throw Fault(.brokenEncoding, at: index) }
            guard !decoded.isASCIIControl else { throw Fault(.encodedControl, at: index) }
        }
    }

    /// Returns the byte that is encoded at `index`, or nil if two hexadecimal digits do not follow there.
    private static func decodedByte(_ text: ArraySlice<UInt8>, at index: Int) -> UInt8? {
        guard index + 2 < text.endIndex, let high = text[index + 1].hexDigitValue,
            let low = text[index + 2].hexDigitValue
        else { return nil }
        return high << 4 | low
    }

    /// Whether a second decoding would find something to decode.
    private static func holdsEncoding(_ decoded: [UInt8]) -> Bool {
        decoded.indices.contains { decoded[$0] == ASCII.percent && decodedByte(decoded[...], at: $0) != nil }
    }

    /// Whether `byte` may stand in a path as itself: RFC 3986's `pchar` without `;`, which some servers cut at.
    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&")...UInt8(ascii: ","), ASCII.equals, ASCII.colon,
            UInt8(ascii: "@"):
            true
        default: byte.isUnreserved
        }
    }
}

extension CanonicalTarget.Fault {
    /// The reason as a clause that follows "the target".
    package var clause: String {
        switch reason {
        case .notAPath: "does not begin with a slash"
        case .tooLong: "has more than \(CanonicalTarget.byteLimit) bytes"
        case .tooManySegments: "has more than \(CanonicalTarget.segmentLimit) parts"
        case .emptySegment: "has an empty part, as of two slashes together or one at the end, \(place)"
        case .dotSegment: "has a part that is '.' or '..', \(place)"
        case .forbiddenByte: "has a character that must be percent-encoded, or must not be there, \(place)"
        case .brokenEncoding: "has a '%' without two hexadecimal digits, \(place)"
        case .needlessEncoding: "has a letter, a digit or one of -._~ percent-encoded, \(place)"
        case .lowerCaseEncoding: "has a percent-encoding in lower case, \(place)"
        case .encodedControl: "has a control character percent-encoded, \(place)"
        case .encodedBackslash: "has a backslash percent-encoded, \(place)"
        case .doubleEncoding: "has something percent-encoded twice, \(place)"
        case .notUTF8: "has something percent-encoded that is not UTF-8, \(place)"
        }
    }

    private var place: String { "at byte \(offset + 1)" }
}

extension UInt8 {
    /// Whether the byte never needs to be encoded: <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>.
    fileprivate var isUnreserved: Bool {
        switch self {
        case ASCII.minus, ASCII.dot, ASCII.underscore, UInt8(ascii: "~"): true
        default: isASCIILetterOrDigit
        }
    }
}
