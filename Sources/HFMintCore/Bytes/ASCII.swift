/// The bytes of protocols, by name.
///
/// This folder reads and writes bytes, because protocols, hosts, claims and secrets are bytes and never Characters.
/// This file classifies bytes. ``Base64URL``, `PercentEncoding.swift` and `SecretEncoding.swift` encode them,
/// ``FilePath`` reads paths, and `Blanks.swift` trims. `PrintableText.swift` and `TokenRedaction.swift` make a text
/// safe for a log. ``fingerprint(_:)`` and ``DrawnWord`` make names. Nothing here does I/O or depends on a locale.
package enum ASCII {
    package static let tab = UInt8(ascii: "\t")
    package static let lineFeed = UInt8(ascii: "\n")
    package static let carriageReturn = UInt8(ascii: "\r")
    package static let space = UInt8(ascii: " ")
    package static let quote = UInt8(ascii: "\"")
    package static let apostrophe = UInt8(ascii: "'")
    package static let backslash = UInt8(ascii: "\\")
    package static let slash = UInt8(ascii: "/")
    package static let colon = UInt8(ascii: ":")
    package static let comma = UInt8(ascii: ",")
    package static let dot = UInt8(ascii: ".")
    package static let minus = UInt8(ascii: "-")
    package static let equals = UInt8(ascii: "=")
    package static let underscore = UInt8(ascii: "_")
    package static let percent = UInt8(ascii: "%")
}

extension UInt8 {
    package var isASCIIDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    package var isASCIIUppercase: Bool { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") }
    package var isASCIILowercase: Bool { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") }
    package var isASCIILetter: Bool { isASCIIUppercase || isASCIILowercase }
    package var isASCIILetterOrDigit: Bool { isASCIILetter || isASCIIDigit }
    package var isASCIIControl: Bool { self < 0x20 || self == 0x7F }

    /// Visible ASCII: no space, no control, nothing above 0x7E.
    package var isASCIIVisible: Bool { self > 0x20 && self < 0x7F }

    package var asciiLowercased: UInt8 { isASCIIUppercase ? self + 0x20 : self }
    package var asciiUppercased: UInt8 { isASCIILowercase ? self - 0x20 : self }

    /// The value of a hexadecimal digit, or nil for any other byte.
    package var hexDigitValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Span where Element == UInt8 {
    /// Returns a copy of the bytes in `range`, which must not be secret.
    package func bytes(in range: Range<Int>) -> [UInt8] {
        unsafe extracting(range).withUnsafeBufferPointer { unsafe Array($0) }
    }

    package var bytes: [UInt8] { bytes(in: 0..<count) }

    /// The bytes as UTF-8, with U+FFFD in place of what is none.
    package var text: String { unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) } }

    /// Returns whether the bytes in `range` are those of `text`.
    ///
    /// - Parameter ignoringCase: whether an ASCII letter counts as itself in either case.
    package func equals(_ text: String, in range: Range<Int>, ignoringCase: Bool = false) -> Bool {
        let wanted = text.utf8Span.span
        guard range.count == wanted.count else { return false }
        for index in wanted.indices {
            let (byte, other) = (self[range.lowerBound + index], wanted[index])
            guard byte == other || ignoringCase && byte.asciiLowercased == other.asciiLowercased else { return false }
        }
        return true
    }

    /// Returns whether these are the bytes of `other`.
    package func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }

    /// Returns whether all are visible ASCII.
    package var isASCIIVisible: Bool {
        for index in indices where !self[index].isASCIIVisible { return false }
        return true
    }

    /// Returns where `part` first stands at or after `start`, or nil.
    ///
    /// - Parameter ignoringCase: whether an ASCII letter counts as itself in either case.
    package func range(of part: Span<UInt8>, from start: Int = 0, ignoringCase: Bool = false) -> Range<Int>? {
        guard count - start >= part.count else { return nil }
        let found = (start...count - part.count).first { position in
            part.indices.allSatisfy { index in
                let (byte, wanted) = (self[position + index], part[index])
                return byte == wanted || ignoringCase && byte.asciiLowercased == wanted.asciiLowercased
            }
        }
        return found.map { $0..<$0 + part.count }
    }

    /// Returns where the bytes of `word` first stand at or after `start`, or nil.
    package func range(of word: String, from start: Int = 0) -> Range<Int>? {
        range(of: Array(word.utf8).span, from: start)
    }

    /// Returns whether the bytes of `word` stand somewhere in the text.
    package func holds(_ word: String, ignoringCase: Bool = false) -> Bool {
        range(of: Array(word.utf8).span, ignoringCase: ignoringCase) != nil
    }
}

extension Secret {
    /// Returns whether the bytes of `other` are a part of these.
    package borrowing func holds(_ other: borrowing Secret) -> Bool {
        reveal { mine in
            other.reveal { part in !part.isEmpty && mine.range(of: part) != nil }
        }
    }
}

extension Collection<UInt8> {
    /// Returns whether these are `count` lower-case hexadecimal digits.
    func isHexadecimal(count: Int) -> Bool {
        self.count == count && allSatisfy(\.isLowercaseHexDigit)
    }
}

extension UInt8 {
    /// The lower-case digit of a number below 16.
    fileprivate var hexDigit: UInt8 { self < 10 ? UInt8(ascii: "0") + self : UInt8(ascii: "a") + self - 10 }

    var isLowercaseHexDigit: Bool { isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self) }
}

extension Array where Element == UInt8 {
    /// Returns whether these are the bytes of `text`, without equivalence of characters.
    package func equals(_ text: String) -> Bool { elementsEqual(text.utf8) }
}

extension Collection<UInt8> {
    /// The bytes in lower-case hexadecimal.
    package var hexadecimal: String {
        unsafe String(unsafeUninitializedCapacity: 2 * count) { room in
            var end = 0
            for byte in self {
                unsafe room[end] = (byte >> 4).hexDigit
                unsafe room[end + 1] = (byte & 15).hexDigit
                end += 2
            }
            return end
        }
    }
}
