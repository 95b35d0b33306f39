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

    /// A whole number written as one.
    var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }

    var isObject: Bool { if case .object = self { true } else { false } }
}

private struct Reader {
    var rest: ArraySlice<Unicode.Scalar>
    let isRelaxed: Bool

    /// `false` where a comment does not end.
    mutating func skipSpace() -> Bool {
        while true {
            rest = rest.drop { " \t\n\r".unicodeScalars.contains($0) }
            guard isRelaxed, rest.first == "/" else { return true }
            if skip("//") {
                rest = rest.drop { $0 != "\n" }
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
        let allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$0123456789".unicodeScalars
        let name = rest.prefix { allowed.contains($0) }
        guard isRelaxed, let first = name.first, !("0"..."9").contains(first) else { return nil }
        rest = rest.dropFirst(name.count)
        return name.map { UInt8($0.value) }
    }

    private var isAtQuote: Bool { rest.first == "\"" || (isRelaxed && rest.first == "'") }

    private mutating func quoted() -> [UInt8]? { rest.popFirst().flatMap { inside($0) } }

    /// After the first quote, to the one that ends the string.
    private mutating func inside(_ quote: Unicode.Scalar) -> [UInt8]? {
        var letters: [Unicode.Scalar: Unicode.Scalar] = [
            "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
        ]
        if isRelaxed { letters["'"] = "'" }
        // UTF-16, because that is what `\u` counts in.
        var units: [UInt16] = []
        while let scalar = rest.popFirst() {
            switch scalar {
            case quote: return String(validating: units, as: UTF16.self).map { Array($0.utf8) }
            case "\\":
                guard let letter = rest.popFirst() else { return nil }
                if let meant = letters[letter] {
                    units.append(UInt16(meant.value))
                } else {
                    let digits = rest.prefix(4)
                    guard letter == "u", digits.count == 4, digits.allSatisfy(\.properties.isASCIIHexDigit),
                        let unit = UInt16(String(String.UnicodeScalarView(digits)), radix: 16)
                    else { return nil }
                    units.append(unit)
                    rest = rest.dropFirst(4)
                }
            case "\0"..<" ": return nil
            default: units += UTF16.encode(scalar).map { Array($0) } ?? []
            }
        }
        return nil
    }

    private mutating func number() -> LittleJSON? {
        let taken = rest.prefix { "+-.0123456789eE".unicodeScalars.contains($0) }
        let text = String(String.UnicodeScalarView(taken))
        let mantissa = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let parts = (mantissa.first ?? "").split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        func isDigits(_ text: Substring) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) } }
        guard var whole = parts.first else { return nil }
        if whole.first == "-" { whole = whole.dropFirst() }
        guard isDigits(whole), whole.count == 1 || whole.first != "0" else { return nil }
        if parts.count == 2, !isDigits(parts[1]) { return nil }
        if mantissa.count == 2 {
            let sign = mantissa[1].first == "+" || mantissa[1].first == "-"
            guard isDigits(sign ? mantissa[1].dropFirst() : mantissa[1]) else { return nil }
        }
        rest = rest.dropFirst(taken.count)
        return .number(text)
    }
}
