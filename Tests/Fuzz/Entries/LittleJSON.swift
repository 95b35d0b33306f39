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

    static func read(_ bytes: [UInt8], depth: Int = 32) -> LittleJSON? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var rest = Array(text.unicodeScalars)[...]
        guard let value = value(&rest, depth), skipSpace(&rest).isEmpty else { return nil }
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

    private typealias Rest = ArraySlice<Unicode.Scalar>

    @discardableResult
    private static func skipSpace(_ rest: inout Rest) -> Rest {
        rest = rest.drop { " \t\n\r".unicodeScalars.contains($0) }
        return rest
    }

    private static func skip(_ word: String, _ rest: inout Rest) -> Bool {
        guard rest.starts(with: word.unicodeScalars) else { return false }
        rest = rest.dropFirst(word.unicodeScalars.count)
        return true
    }

    private static func value(_ rest: inout Rest, _ depth: Int) -> LittleJSON? {
        guard depth >= 0 else { return nil }
        skipSpace(&rest)
        if skip("null", &rest) { return .null }
        if skip("true", &rest) { return .bool(true) }
        if skip("false", &rest) { return .bool(false) }
        if skip("\"", &rest) { return inside(&rest).map { .string($0) } }
        if skip("[", &rest) {
            return list("]", &rest) { rest in value(&rest, depth - 1) }.map { .array($0) }
        }
        if skip("{", &rest) { return object(&rest, depth) }
        return number(&rest)
    }

    private static func object(_ rest: inout Rest, _ depth: Int) -> LittleJSON? {
        let members = list("}", &rest) { rest -> Member? in
            skipSpace(&rest)
            guard skip("\"", &rest), let name = inside(&rest) else { return nil }
            skipSpace(&rest)
            guard skip(":", &rest), let value = value(&rest, depth - 1) else { return nil }
            return Member(name: name, value: value)
        }
        guard let members, Set(members.map(\.name)).count == members.count else { return nil }
        return .object(members)
    }

    private static func list<Item>(
        _ end: String, _ rest: inout Rest, item: (inout Rest) -> Item?
    ) -> [Item]? {
        skipSpace(&rest)
        if skip(end, &rest) { return [] }
        var items: [Item] = []
        repeat {
            guard let one = item(&rest) else { return nil }
            items.append(one)
            skipSpace(&rest)
        } while skip(",", &rest)
        return skip(end, &rest) ? items : nil
    }

    /// After the first quote, to the one that ends the string.
    private static func inside(_ rest: inout Rest) -> [UInt8]? {
        let letters: [Unicode.Scalar: Unicode.Scalar] = [
            "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
        ]
        // UTF-16, because that is what `\u` counts in.
        var units: [UInt16] = []
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return String(validating: units, as: UTF16.self).map { Array($0.utf8) }
            case "\\":
                guard let letter = rest.popFirst() else { return nil }
                if let meant = letters[letter] {
                    units.append(UInt16(meant.value))
                } else {
                    let digits = rest.prefix(4)
                    guard letter == "u", digits.count == 4, digits.allSatisfy(\.properties.isASCIIHexDigit),
                        let unit = UInt16(String(String.UnicodeScalarView(digits)), radix: 16)
                    else { return nil }
                    // A pair is two escapes: half of one and a literal scalar cannot meet in valid UTF-16.
                    units.append(unit)
                    rest = rest.dropFirst(4)
                }
            case "\0"..<" ": return nil
            default: units += Array(UTF16.encode(scalar).map { Array($0) } ?? [])
            }
        }
        return nil
    }

    private static func number(_ rest: inout Rest) -> LittleJSON? {
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
