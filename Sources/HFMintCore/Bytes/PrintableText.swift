extension String {
    /// The same text on one line: control characters, line separators and invisible directions are escaped.
    ///
    /// A line break in a quoted value could otherwise start a CI workflow command, and an escape sequence could
    /// rewrite what the terminal shows. Runners also take `##[command]` in the middle of a line, so two number signs
    /// are never left together.
    package var printable: String {
        // Nearly every text is plain ASCII, and the properties of a scalar are slow to find.
        var last: UInt8 = 0
        let isPlain = utf8.allSatisfy { byte in
            defer { last = byte }
            return byte >= ASCII.space && byte < 0x7F && !(byte == UInt8(ascii: "#") && last == byte)
        }
        guard !isPlain else { return self }
        var previous: Unicode.Scalar?
        var text = ""
        for scalar in unicodeScalars {
            if scalar.mustBeEscaped || (scalar == "#" && previous == "#") {
                text += scalar == "#" ? "\\u{23}" : scalar.escaped(asASCII: true)
            } else {
                text.unicodeScalars.append(scalar)
            }
            previous = scalar
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether it would be more than a character to a terminal or a log reader.
    var mustBeEscaped: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
        default: false
        }
    }
}
