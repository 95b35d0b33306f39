/// The syntax of a text.
package enum JSONDialect: Sendable {
    case json
    /// JSON5, for texts that a person writes: see `JSON5Reader.swift`. <https://spec.json5.org>
    case json5
}

/// Reads one JSON text (RFC 8259), strictly.
///
/// It returns the root as a ``JSONNode``: positions in the bytes, and no copy of them. `JSON5Reader.swift` adds the
/// syntax of manifests, and ``JSONString`` decodes and quotes strings. ``JSONText`` keeps the bytes of a text that is
/// not secret. ``JSONValue`` writes a text, which may hold tokens.
///
/// Where parsers differ, it is stricter than the standard: names occur once in an object, strings are valid UTF-8
/// without lone surrogates, and depth and size are bounded. It never repairs a text, and never reads one in part.
///
/// <https://www.rfc-editor.org/rfc/rfc8259>
package func readJSON(
    _ text: Span<UInt8>, limits: JSONLimits, dialect: JSONDialect = .json
) throws(Malformed) -> JSONNode {
    guard text.count <= limits.byteCount else { throw Malformed(.tooLarge, at: limits.byteCount) }
    var state = JSONReaderState(limits: limits, dialect: dialect)
    try state.skipSpace(text)
    let root = try state.value(text, depth: 0)
    try state.skipSpace(text)
    guard state.position == text.count else { throw state.failure(.trailingBytes) }
    return root
}

/// The position of the reader, which lends the text to each step because a span cannot be stored.
struct JSONReaderState {
    let limits: JSONLimits
    let dialect: JSONDialect
    var position = 0
    var nodeCount = 0

    func failure(_ fault: JSONFault) -> Malformed { Malformed(fault, at: position) }

    mutating func skipSpace(_ text: Span<UInt8>) throws(Malformed) {
        while position < text.count {
            switch text[position] {
            case ASCII.space, ASCII.tab, ASCII.lineFeed, ASCII.carriageReturn: position += 1
            case _ where dialect == .json5: guard try skipMoreSpace(text) else { return }
            default: return
            }
        }
    }

    mutating func value(_ text: Span<UInt8>, depth: Int) throws(Malformed) -> JSONNode {
        nodeCount += 1
        guard nodeCount <= limits.nodeCount else { throw failure(.tooManyValues) }
        guard depth <= limits.depth else { throw failure(.tooDeep) }
        let start = position
        switch try peek(text) {
        case UInt8(ascii: "{"): return JSONNode(value: try object(text, depth: depth), range: start..<position)
        case UInt8(ascii: "["): return JSONNode(value: try array(text, depth: depth), range: start..<position)
        case ASCII.quote: return JSONNode(value: .string, range: try string(text))
        case ASCII.apostrophe where dialect == .json5: return JSONNode(value: .string, range: try string(text))
        case UInt8(ascii: "t"): return try word("true", .bool(true), text)
        case UInt8(ascii: "f"): return try word("false", .bool(false), text)
        case UInt8(ascii: "n"): return try word("null", .null, text)
        case ASCII.minus, UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(text)
        case let first where dialect == .json5 && "+.IN".utf8.contains(first): return try number(text)
        default: throw failure(.unexpectedByte)
        }
    }

    func peek(_ text: Span<UInt8>) throws(Malformed) -> UInt8 {
        guard position < text.count else { throw failure(.unexpectedEnd) }
        return text[position]
    }

    mutating func take(_ byte: UInt8, _ text: Span<UInt8>) throws(Malformed) {
        guard try peek(text) == byte else { throw failure(.unexpectedByte) }
        position += 1
    }

    mutating func word(_ word: String, _ value: JSONNode.Value, _ text: Span<UInt8>) throws(Malformed) -> JSONNode {
        let start = position
        for byte in word.utf8 { try take(byte, text) }
        return JSONNode(value: value, range: start..<position)
    }

    mutating func object(_ text: Span<UInt8>, depth: Int) throws(Malformed) -> JSONNode.Value {
        var members: [JSONMember] = []
        var names: Set<[UInt8]> = []
        try items(text, opening: "{", closing: "}") { state, text throws(Malformed) in
            let start = state.position
            let range = try state.name(text)
            var name: [UInt8] = []
            JSONString.decode(text, in: range) { name.append($0) }
            guard names.insert(name).inserted else { throw Malformed(.duplicateName, at: start) }
            try state.skipSpace(text)
            try state.take(ASCII.colon, text)
            try state.skipSpace(text)
            members.append(JSONMember(name: name, offset: start, node: try state.value(text, depth: depth + 1)))
        }
        return .object(members)
    }

    /// Reads a member's name, and returns its range without the quotes.
    mutating func name(_ text: Span<UInt8>) throws(Malformed) -> Range<Int> {
        let first = try peek(text)
        if first == ASCII.quote || (first == ASCII.apostrophe && dialect == .json5) { return try string(text) }
        guard dialect == .json5 else { throw failure(.unexpectedByte) }
        return try identifier(text)
    }

    mutating func array(_ text: Span<UInt8>, depth: Int) throws(Malformed) -> JSONNode.Value {
        var elements: [JSONNode] = []
        try items(text, opening: "[", closing: "]") { state, text throws(Malformed) in
            elements.append(try state.value(text, depth: depth + 1))
        }
        return .array(elements)
    }

    /// Reads items between brackets, with a comma between each two; JSON5 allows one at the end.
    mutating func items(
        _ text: Span<UInt8>,
        opening: Unicode.Scalar,
        closing: Unicode.Scalar,
        item: (inout Self, Span<UInt8>) throws(Malformed) -> Void
    ) throws(Malformed) {
        try take(UInt8(ascii: opening), text)
        try skipSpace(text)
        var isFirst = true
        while try peek(text) != UInt8(ascii: closing) || (!isFirst && dialect == .json) {
            try item(&self, text)
            isFirst = false
            try skipSpace(text)
            if try peek(text) == UInt8(ascii: closing) { break }
            try take(ASCII.comma, text)
            try skipSpace(text)
        }
        try take(UInt8(ascii: closing), text)
    }

    /// Reads a string, and returns its range without the quotes.
    mutating func string(_ text: Span<UInt8>) throws(Malformed) -> Range<Int> {
        let closing = text[position]
        position += 1
        let start = position
        while true {
            switch try peek(text) {
            case closing:
                position += 1
                return start..<position - 1
            case ASCII.backslash: try escape(text)
            case ASCII.lineFeed, ASCII.carriageReturn: throw failure(.lineBreak)
            case 0..<0x20: throw failure(.controlCharacter)
            case 0x80...: _ = try scalar(text)
            default: position += 1
            }
        }
    }

    mutating func escape(_ text: Span<UInt8>) throws(Malformed) {
        position += 1
        let letter = try peek(text)
        if "\"\\/bfnrt".utf8.contains(letter) {
            position += 1
            return
        }
        guard letter == UInt8(ascii: "u") else {
            guard dialect == .json5 else { throw failure(.badEscape) }
            return try moreEscape(letter, text)
        }
        let first = try codeUnit(text)
        switch first {
        case 0xD800...0xDBFF:
            guard try peek(text) == ASCII.backslash else { throw failure(.loneSurrogate) }
            position += 1
            guard try peek(text) == UInt8(ascii: "u") else { throw failure(.loneSurrogate) }
            guard case 0xDC00...0xDFFF = try codeUnit(text) else { throw failure(.loneSurrogate) }
        case 0xDC00...0xDFFF: throw failure(.loneSurrogate)
        default: break
        }
    }

    /// Reads the four digits after `u`.
    mutating func codeUnit(_ text: Span<UInt8>) throws(Malformed) -> UInt16 {
        position += 1
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = try peek(text).hexDigitValue else { throw failure(.badEscape) }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    /// Reads one scalar of one to four bytes.
    mutating func scalar(_ text: Span<UInt8>) throws(Malformed) -> Unicode.Scalar {
        let first = text[position]
        let length: Int
        let allowed: ClosedRange<UInt8>
        // The table of well-formed sequences: https://www.unicode.org/versions/latest/core-spec/chapter-3/#G27506
        switch first {
        case 0..<0x80:
            position += 1
            return Unicode.Scalar(first)
        case 0xC2...0xDF: (length, allowed) = (2, 0x80...0xBF)
        case 0xE0: (length, allowed) = (3, 0xA0...0xBF)
        case 0xED: (length, allowed) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, allowed) = (3, 0x80...0xBF)
        case 0xF0: (length, allowed) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, allowed) = (4, 0x80...0xBF)
        case 0xF4: (length, allowed) = (4, 0x80...0x8F)
        default: throw failure(.invalidUTF8)
        }
        guard position + length <= text.count else { throw failure(.invalidUTF8) }
        guard allowed.contains(text[position + 1]) else { throw failure(.invalidUTF8) }
        var value = UInt32(first) & (0xFF >> (UInt32(length) + 1))
        for offset in 1..<length {
            let byte = text[position + offset]
            guard byte & 0xC0 == 0x80 else { throw failure(.invalidUTF8) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard let scalar = Unicode.Scalar(value) else { throw failure(.invalidUTF8) }
        position += length
        return scalar
    }

    mutating func number(_ text: Span<UInt8>) throws(Malformed) -> JSONNode {
        let start = position
        let isJSON5 = dialect == .json5
        if !skip(ASCII.minus, text), isJSON5 { skip(UInt8(ascii: "+"), text) }
        if isJSON5, try wordOrHexadecimal(text) { return JSONNode(value: .number, range: start..<position) }
        // In JSON5 the digits on one side of the point may be absent.
        let hasWhole = !(isJSON5 && has(text) { $0 == ASCII.dot })
        if hasWhole, !skip(UInt8(ascii: "0"), text) { try digits(text) }
        if skip(ASCII.dot, text), !(isJSON5 && hasWhole) || has(text, \.isASCIIDigit) { try digits(text) }
        if skip(UInt8(ascii: "e"), text) || skip(UInt8(ascii: "E"), text) {
            if !skip(UInt8(ascii: "+"), text) { skip(ASCII.minus, text) }
            try digits(text)
        }
        return JSONNode(value: .number, range: start..<position)
    }

    mutating func digits(_ text: Span<UInt8>, where isDigit: (UInt8) -> Bool = \.isASCIIDigit) throws(Malformed) {
        let start = position
        while has(text, isDigit) { position += 1 }
        guard position > start else { throw failure(.badNumber) }
    }

    /// Returns whether there is a next byte and `isWanted` accepts it.
    func has(_ text: Span<UInt8>, _ isWanted: (UInt8) -> Bool) -> Bool {
        position < text.count && isWanted(text[position])
    }

    /// Skips `byte` if it comes next, and returns whether it did.
    @discardableResult
    mutating func skip(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
        guard has(text, { $0 == byte }) else { return false }
        position += 1
        return true
    }
}
