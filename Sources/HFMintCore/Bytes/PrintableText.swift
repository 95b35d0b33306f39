extension String {
    /// The text on one line, with control characters, line separators and invisible directions escaped.
    ///
    /// Without that, a line break in a quoted value could start a workflow command of CI, and an escape sequence could
    /// change what the terminal shows. Runners act on `##[command]` in the middle of a line too, so that two number
    /// signs never stand together.
    package var printable: String {
        // Most texts are plain ASCII, and a look at the properties of a scalar is slow.
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
    /// Whether a terminal or a log reader may take the scalar as more than a character.
    var mustBeEscaped: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
        default: false
        }
    }
}
