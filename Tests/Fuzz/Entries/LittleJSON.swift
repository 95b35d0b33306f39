/// A second reading of JSON, as short as it can be and slow: the reader under test must agree with it.
///
/// It works on scalars, so it has no opinion about offsets or about UTF-8, which the standard library checks.
indirect enum LittleJSON: Equatable {
    case null, bool(Bool), number(String), string([UInt8])
    case array([LittleJSON]), object([Member])

    struct Member: Equatable {
        let name: [UInt8]
        let value: LittleJSON
    }

    /// - Parameter isRelaxed: whether to take what a person may write, see `JSONDialect.json5`.
    static func read(_ bytes: [UInt8], depth: Int = 32, isRelaxed: Bool = false) -> LittleJSON? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var reader = Reader(rest: Array(text.unicodeScalars)[...], isRelaxed: isRelaxed)
        guard let value = reader.value(depth), reader.skipSpace(), reader.rest.isEmpty else { return nil }
        return value
    }

    subscript(name: String) -> LittleJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == Array(name.utf8) }?.value
    }

    var string: [UInt8]? { if case .string(let bytes) = self { bytes } else { nil } }

    /// A whole number written as one, in hexadecimal too.
    var integer: Int? {
        guard case .number(let text) = self else { return nil }
        for (prefix, sign) in [("0x", ""), ("+0x", ""), ("-0x", "-")] where text.lowercased().hasPrefix(prefix) {
            return Int(sign + text.dropFirst(prefix.count), radix: 16)
        }
        return Int(text)
    }

    var isObject: Bool { if case .object = self { true } else { false } }
}

private struct Reader {
    var rest: ArraySlice<Unicode.Scalar>
    let isRelaxed: Bool
    static let space = Set(" \t\n\r".unicodeScalars)
    static let lineEnds = Set("\n\r\u{2028}\u{2029}".unicodeScalars)
    /// What JSON5 adds.
    ///
    /// <https://spec.json5.org/#white-space>
    static let moreSpace = lineEnds.union([
        "\u{B}", "\u{C}", "\u{A0}", "\u{FEFF}", "\u{1680}", "\u{2000}", "\u{2001}", "\u{2002}", "\u{2003}", "\u{2004}",
        "\u{2005}", "\u{2006}", "\u{2007}", "\u{2008}", "\u{2009}", "\u{200A}", "\u{202F}", "\u{205F}", "\u{3000}",
    ])

    /// `false` where a comment does not end.
    mutating func skipSpace() -> Bool {
        while true {
            rest = rest.drop { Self.space.contains($0) || (isRelaxed && Self.moreSpace.contains($0)) }
            guard isRelaxed, rest.first == "/" else { return true }
            if skip("//") {
                rest = rest.drop { !Self.lineEnds.contains($0) }
            } else {
                guard skip("/*") else { return false }
                while !rest.isEmpty, !rest.starts(with: "*/".unicodeScalars) { rest.removeFirst() }
                guard skip("*/") else { return false }
            }
        }
    }

    mutating func skip(_ word: String) -> Bool {
        guard rest.starts(with: word.unicodeScalars) else { return false }
        rest = rest.dropFirst(word.unicodeScalars.count)
        return true
    }

    mutating func value(_ depth: Int) -> LittleJSON? {
        guard depth >= 0, skipSpace() else { return nil }
        if skip("null") { return .null }
        if skip("true") { return .bool(true) }
        if skip("false") { return .bool(false) }
        if isAtQuote { return quoted().map { .string($0) } }
        if skip("[") { return list("]") { $0.value(depth - 1) }.map { .array($0) } }
        if skip("{") { return object(depth) }
        return number()
    }

    private mutating func object(_ depth: Int) -> LittleJSON? {
        let members = list("}") { reader -> LittleJSON.Member? in
            guard reader.skipSpace(), let name = reader.isAtQuote ? reader.quoted() : reader.bareName() else {
                return nil
            }
            guard reader.skipSpace(), reader.skip(":"), let value = reader.value(depth - 1) else { return nil }
            return LittleJSON.Member(name: name, value: value)
        }
        guard let members, Set(members.map(\.name)).count == members.count else { return nil }
        return .object(members)
    }

    private mutating func list<Item>(_ end: String, item: (inout Reader) -> Item?) -> [Item]? {
        guard skipSpace() else { return nil }
        if skip(end) { return [] }
        var items: [Item] = []
        repeat {
            guard let one = item(&self) else { return nil }
            items.append(one)
            guard skipSpace() else { return nil }
            if skip(end) { return items }
            guard skip(","), skipSpace() else { return nil }
        } while !(isRelaxed && skip(end))
        return items
    }

    private mutating func bareName() -> [UInt8]? {
        guard isRelaxed else { return nil }
        var name = ""
        while let scalar = nextOfName(isFirst: name.isEmpty) { name.unicodeScalars.append(scalar) }
        return name.isEmpty ? nil : Array(name.utf8)
    }

    private mutating func nextOfName(isFirst: Bool) -> Unicode.Scalar? {
        let before = rest
        let scalar = skip("\\u") ? hexadecimal(4).flatMap { Unicode.Scalar($0) } : rest.popFirst()
        if let scalar, isOfName(scalar, isFirst: isFirst) { return scalar }
        rest = before
        return nil
    }

    private func isOfName(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
        if scalar == "$" || scalar == "_" { return true }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber: true
        case .nonspacingMark, .spacingMark, .decimalNumber, .connectorPunctuation: !isFirst
        default: !isFirst && (scalar == "\u{200C}" || scalar == "\u{200D}")
        }
    }

    /// Exactly so many digits.
    private mutating func hexadecimal(_ count: Int) -> UInt32? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(\.properties.isASCIIHexDigit) else { return nil }
        rest = rest.dropFirst(count)
        return UInt32(String(String.UnicodeScalarView(digits)), radix: 16)
    }

    private var isAtQuote: Bool { rest.first == "\"" || (isRelaxed && rest.first == "'") }

    private mutating func quoted() -> [UInt8]? { rest.popFirst().flatMap { inside($0) } }

    /// After the first quote, to the one that ends the string.
    private mutating func inside(_ quote: Unicode.Scalar) -> [UInt8]? {
        let letters: [Unicode.Scalar: Unicode.Scalar] = [
            "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
        ]
        // UTF-16, because that is what `\u` counts in.
        var units: [UInt16] = []
        while let scalar = rest.popFirst() {
            switch scalar {
            case quote: return String(validating: units, as: UTF16.self).map { Array($0.utf8) }
            case "\\":
                guard let letter = rest.popFirst() else { return nil }
                if let meant = letters[letter] {
                    units.append(UInt16(meant.value))
                } else if letter == "u" {
                    guard let unit = hexadecimal(4) else { return nil }
                    units.append(UInt16(unit))
                } else {
                    guard isRelaxed, let more = another(letter) else { return nil }
                    units += more.utf16
                }
            case "\0"..<" ": return nil
            default: units += UTF16.encode(scalar).map { Array($0) } ?? []
            }
        }
        return nil
    }

    /// What JSON5 alone means by this letter after a backslash.
    private mutating func another(_ letter: Unicode.Scalar) -> String? {
        switch letter {
        case "v": return "\u{B}"
        case "x": return hexadecimal(2).flatMap { Unicode.Scalar($0) }.map { String($0) }
        case "0": return rest.first.map { ("0"..."9").contains($0) } == true ? nil : "\0"
        case "1"..."9": return nil
        case "\r":
            _ = skip("\n")
            return ""
        case _ where Self.lineEnds.contains(letter): return ""
        default: return letter.value < 0x20 ? nil : String(letter)
        }
    }

    private mutating func number() -> LittleJSON? {
        let taken = rest.prefix { "+-.0123456789abcdefABCDEFxXInityN".unicodeScalars.contains($0) }
        let text = String(String.UnicodeScalarView(taken))
        let plain = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/
        let relaxed =
            /[+-]?(Infinity|NaN|0[xX][0-9a-fA-F]+|((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?)/
        guard isRelaxed ? text.wholeMatch(of: relaxed) != nil : text.wholeMatch(of: plain) != nil else { return nil }
        rest = rest.dropFirst(taken.count)
        return .number(text)
    }
}
