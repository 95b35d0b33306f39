extension Malformed {
    /// Returns why `text`, which must not be secret, is not JSON, and quotes what stands there.
    func clause(about text: [UInt8]) -> String {
        switch fault {
        case .unexpectedByte, .trailingBytes: "unexpected \(character(in: text))"
        case .controlCharacter: "\(character(in: text)) in a string: write it as an escape"
        case .lineBreak: "a string that does not end in its line"
        case .duplicateName: "the name '\(name(in: text).printable)' occurs twice in one object"
        case .tooDeep: "more than \(JSONLimits.manifest.depth) levels of nesting"
        case .tooManyValues: "more than \(JSONLimits.manifest.nodeCount) values"
        case .loneSurrogate: "half of a surrogate pair, which is no character"
        default: reason
        }
    }

    /// Returns `'}'`, `'“' (U+201C)`, or `U+00A0` for a character that cannot be seen.
    private func character(in text: [UInt8]) -> String {
        guard let scalar = String(decoding: text[offset...].prefix(4), as: UTF8.self).unicodeScalars.first else {
            return "end"
        }
        if (0x21...0x7E).contains(scalar.value) { return "'\(scalar)'" }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let number = "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
        let isVisible = !scalar.mustBeEscaped && !scalar.properties.isWhitespace
        return isVisible ? "'\(scalar)' (\(number))" : number
    }

    /// Returns the name that begins at ``offset``, or an empty text.
    private func name(in text: [UInt8]) -> String {
        var reader = JSONReaderState(limits: .manifest, dialect: .json5)
        reader.position = offset
        guard let range = try? reader.name(text.span) else { return "" }
        var name: [UInt8] = []
        JSONString.decode(text.span, in: range) { name.append($0) }
        return String(decoding: name, as: UTF8.self)
    }
}
