/// The inside of a JSON or JSON5 string whose syntax the reader has accepted.
enum JSONString {
    /// Passes the decoded bytes of `range` to `sink`, never more than `range` is long.
    static func decode(_ text: Span<UInt8>, in range: Range<Int>, into sink: (UInt8) -> Void) {
        var position = range.lowerBound
        while position < range.upperBound {
            guard text[position] == ASCII.backslash else {
                sink(text[position])
                position += 1
                continue
            }
            switch text[position + 1] {
            case UInt8(ascii: "b"): sink(0x08)
            case UInt8(ascii: "f"): sink(0x0C)
            case UInt8(ascii: "n"): sink(ASCII.lineFeed)
            case UInt8(ascii: "r"): sink(ASCII.carriageReturn)
            case UInt8(ascii: "t"): sink(ASCII.tab)
            case UInt8(ascii: "v"): sink(0x0B)
            case UInt8(ascii: "0"): sink(0)
            case UInt8(ascii: "x"):
                let value = text[position + 2].hexDigitValue.map { $0 << 4 } ?? 0
                UTF8.encode(Unicode.Scalar(value | (text[position + 3].hexDigitValue ?? 0)))?.forEach(sink)
                position += 4
                continue
            case ASCII.lineFeed: break
            case ASCII.carriageReturn:
                if position + 2 < range.upperBound, text[position + 2] == ASCII.lineFeed { position += 1 }
            case 0xE2 where text.isLineSeparator(at: position + 1): position += 2
            case UInt8(ascii: "u"):
                let (scalar, length) = scalar(text, at: position)
                UTF8.encode(scalar)?.forEach(sink)
                position += length
                continue
            case let other: sink(other)
            }
            position += 2
        }
    }

    /// Returns the scalar of `\uXXXX` or of a surrogate pair, and the number of bytes that it takes in `text`.
    private static func scalar(_ text: Span<UInt8>, at position: Int) -> (Unicode.Scalar, Int) {
        let first = codeUnit(text, at: position)
        if let scalar = Unicode.Scalar(first) { return (scalar, 6) }
        let second = codeUnit(text, at: position + 6)
        let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        return (Unicode.Scalar(value) ?? "\u{FFFD}", 12)
    }

    private static func codeUnit(_ text: Span<UInt8>, at position: Int) -> UInt16 {
        (2..<6).reduce(0) { $0 << 4 | UInt16(text[position + $1].hexDigitValue ?? 0) }
    }

    /// Returns `text` in quotes, with everything escaped that means something to JSON, a terminal or a log reader.
    ///
    /// CI runners act on `##[command]` in the middle of a line: see ``Swift/String/printable``.
    static func quoted(_ text: String) -> String {
        guard !isPlain(text) else { return "\"\(text)\"" }
        var quoted = "\""
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "#" where previous == "#": quoted += escaped(scalar)
            case " "..."~": quoted.unicodeScalars.append(scalar)
            default:
                if scalar.mustBeEscaped { quoted += escaped(scalar) } else { quoted.unicodeScalars.append(scalar) }
            }
            previous = scalar
        }
        return quoted + "\""
    }

    /// Whether the text can stand between quotes as it is, which most texts can.
    static func isPlain(_ text: String) -> Bool {
        var previous: UInt8 = 0
        return text.utf8.allSatisfy { byte in
            defer { previous = byte }
            let isSecondSign = byte == UInt8(ascii: "#") && previous == byte
            return byte >= ASCII.space && byte < 0x7F && byte != ASCII.quote && byte != ASCII.backslash && !isSecondSign
        }
    }

    /// Returns an escape such as `\u202e`, or two for a scalar of two code units.
    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        scalar.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}

extension Span where Element == UInt8 {
    /// Returns whether U+2028 or U+2029 stands at `position`, which end a line as a line feed does.
    func isLineSeparator(at position: Int) -> Bool {
        position + 2 < count && self[position] == 0xE2 && self[position + 1] == 0x80
            && self[position + 2] & 0xFE == 0xA8
    }
}
