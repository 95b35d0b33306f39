/// The syntax that JSON5 adds to JSON.
///
/// A text is read with the values that the specification gives it, or refused: see ``JSONFault/isStricter``.
/// <https://spec.json5.org>
extension JSONReaderState {
    /// Skips a comment or one character that is white space to JSON5 alone; returns false if neither comes.
    ///
    /// <https://spec.json5.org/#white-space>
    mutating func skipMoreSpace(_ text: Span<UInt8>) throws(Malformed) -> Bool {
        switch text[position] {
        case ASCII.slash: try skipComment(text)
        case 0x0B, 0x0C: position += 1
        case 0x80...:
            let start = position
            guard try scalar(text).isJSON5Space else {
                position = start
                return false
            }
        default: return false
        }
        return true
    }

    /// Skips a comment of either form.
    ///
    /// <https://spec.json5.org/#comments>
    private mutating func skipComment(_ text: Span<UInt8>) throws(Malformed) {
        let start = position
        position += 1
        switch try peek(text) {
        case ASCII.slash:
            while position < text.count, try !scalar(text).endsJSON5Line {}
        case UInt8(ascii: "*"):
            position += 1
            while position < text.count {
                if text.equals("*/", in: position..<min(position + 2, text.count)) {
                    position += 2
                    return
                }
                _ = try scalar(text)
            }
            throw Malformed(.openComment, at: start)
        default: throw failure(.unexpectedByte)
        }
    }

    /// Reads a name without quotes, which may be a word such as `null`.
    ///
    /// <https://spec.json5.org/#prod-JSON5Identifier>
    mutating func identifier(_ text: Span<UInt8>) throws(Malformed) -> Range<Int> {
        let start = position
        while position < text.count {
            let before = position
            let scalar = text[position] == ASCII.backslash ? try escapedScalar(text) : try scalar(text)
            guard scalar.isInJSON5Name(asFirst: before == start) else {
                position = before
                break
            }
        }
        guard position > start else { throw failure(.unexpectedByte) }
        return start..<position
    }

    /// Reads `\uXXXX` in a name, where nothing else may follow the backslash.
    private mutating func escapedScalar(_ text: Span<UInt8>) throws(Malformed) -> Unicode.Scalar {
        position += 1
        guard try peek(text) == UInt8(ascii: "u") else { throw failure(.badEscape) }
        guard let scalar = Unicode.Scalar(try codeUnit(text)) else { throw failure(.loneSurrogate) }
        return scalar
    }

    /// Reads an escape of JSON5 alone, from its `letter` on.
    ///
    /// <https://spec.json5.org/#escapes>
    mutating func moreEscape(_ letter: UInt8, _ text: Span<UInt8>) throws(Malformed) {
        switch letter {
        case UInt8(ascii: "x"):
            position += 1
            for _ in 0..<2 {
                guard try peek(text).hexDigitValue != nil else { throw failure(.badEscape) }
                position += 1
            }
        case UInt8(ascii: "0"):
            position += 1
            guard !has(text, \.isASCIIDigit) else { throw failure(.badEscape) }
        case UInt8(ascii: "1")...UInt8(ascii: "9"): throw failure(.badEscape)
        case ASCII.carriageReturn:
            position += 1
            skip(ASCII.lineFeed, text)
        case ASCII.lineFeed: position += 1
        case 0..<0x20: throw failure(.controlCharacter)
        default: _ = try scalar(text)
        }
    }

    /// Reads `Infinity`, `NaN` or a number such as `0x1F` after its sign; returns false if a decimal number comes.
    ///
    /// <https://spec.json5.org/#numbers>
    mutating func wordOrHexadecimal(_ text: Span<UInt8>) throws(Malformed) -> Bool {
        switch try peek(text) {
        case UInt8(ascii: "I"): _ = try word("Infinity", .number, text)
        case UInt8(ascii: "N"): _ = try word("NaN", .number, text)
        case UInt8(ascii: "0")
        where position + 1 < text.count && text[position + 1].asciiLowercased == UInt8(ascii: "x"):
            position += 2
            try digits(text) { $0.hexDigitValue != nil }
        default: return false
        }
        return true
    }
}

extension Unicode.Scalar {
    /// Whether the scalar ends a line in JSON5, and so a comment.
    ///
    /// <https://spec.json5.org/#prod-JSON5LineTerminator>
    var endsJSON5Line: Bool { ["\n", "\r", "\u{2028}", "\u{2029}"].contains(self) }

    /// Whether a scalar beyond ASCII is white space: a line end, the byte order mark, or of the category Zs.
    fileprivate var isJSON5Space: Bool {
        endsJSON5Line || self == "\u{FEFF}" || properties.generalCategory == .spaceSeparator
    }

    /// Returns whether the scalar is ECMAScript's IdentifierStart, or, with `false`, IdentifierPart.
    ///
    /// <https://262.ecma-international.org/5.1/#sec-7.6>
    fileprivate func isInJSON5Name(asFirst isFirst: Bool) -> Bool {
        if value < 0x80 {
            let byte = UInt8(value)
            return byte.isASCIILetter || "_$".utf8.contains(byte) || (!isFirst && byte.isASCIIDigit)
        }
        return switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber: true
        case .nonspacingMark, .spacingMark, .decimalNumber, .connectorPunctuation: !isFirst
        default: !isFirst && (self == "\u{200C}" || self == "\u{200D}")
        }
    }
}
