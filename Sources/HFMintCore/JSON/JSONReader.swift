/// How large a JSON text may be before it is refused.
package struct JSONLimits: Sendable {
    package let byteCount: Int
    package let depth: Int
    package let nodeCount: Int

    /// What a server answers, and what an ID token claims.
    package static let answer = JSONLimits(byteCount: 64 << 10, depth: 32, nodeCount: 8_192)
    /// What the job's directory keeps of a token: an answer, and the claims that it was given for.
    package static let record = JSONLimits(byteCount: 256 << 10, depth: 32, nodeCount: 8_192)
    /// What a person wrote.
    package static let manifest = JSONLimits(byteCount: 16 << 20, depth: 32, nodeCount: 1_000_000)
    /// What a CI system writes about the event that started a job.
    package static let event = JSONLimits(byteCount: 8 << 20, depth: 64, nodeCount: 200_000)
}

/// Why a text is not JSON that hfmint accepts, and where.
///
/// It quotes nothing of the text.
package struct JSONError: Error, Equatable, Sendable {
    package enum Reason: String, Sendable {
        case tooLarge = "the text is too large"
        case tooDeep = "too deeply nested"
        case tooManyValues = "too many values"
        case unexpectedEnd = "the text ends too early"
        case unexpectedByte = "unexpected character"
        case trailingBytes = "something follows the value"
        case badNumber = "not a number"
        case badEscape = "unknown escape sequence"
        case loneSurrogate = "half of a surrogate pair"
        case controlCharacter = "a control character in a string"
        case invalidUTF8 = "not UTF-8"
        case openComment = "a comment that does not end"
        case duplicateName = "a name occurs twice in one object"
    }

    package let reason: Reason
    /// In bytes, from 0.
    package let offset: Int
}

/// What a text may be written in.
package enum JSONDialect: Sendable {
    case json
    /// JSON with what people miss in it: comments, trailing commas, names without quotes, strings in single quotes.
    ///
    /// No more of JSON5 than that. <https://spec.json5.org>
    case json5
}

/// Reads one JSON text (RFC 8259), strictly.
///
/// Stricter than the standard where the standard leaves a choice that parsers make differently: names occur once in
/// an object, strings are valid UTF-8 without lone surrogates, and depth and size are bounded.
///
/// <https://www.rfc-editor.org/rfc/rfc8259>
package func readJSON(
    _ text: Span<UInt8>, limits: JSONLimits, dialect: JSONDialect = .json
) throws(JSONError) -> JSONNode {
    guard text.count <= limits.byteCount else { throw JSONError(reason: .tooLarge, offset: limits.byteCount) }
    var state = JSONReaderState(limits: limits, dialect: dialect)
    try state.skipSpace(text)
    let root = try state.value(text, depth: 0)
    try state.skipSpace(text)
    guard state.position == text.count else { throw state.failure(.trailingBytes) }
    return root
}

/// Where the reader is.
///
/// The text itself is lent to each step, as a span cannot be stored.
struct JSONReaderState {
    let limits: JSONLimits
    let dialect: JSONDialect
    var position = 0
    var nodeCount = 0

    init(limits: JSONLimits, dialect: JSONDialect) {
        self.limits = limits
        self.dialect = dialect
    }

    func failure(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: position) }

    mutating func skipSpace(_ text: Span<UInt8>) throws(JSONError) {
        while position < text.count {
            switch text[position] {
            case ASCII.space, ASCII.tab, ASCII.lineFeed, ASCII.carriageReturn: position += 1
            case ASCII.slash where dialect == .json5: try skipComment(text)
            default: return
            }
        }
    }

    mutating func skipComment(_ text: Span<UInt8>) throws(JSONError) {
        let start = position
        position += 1
        switch try peek(text) {
        case ASCII.slash:
            while position < text.count, text[position] != ASCII.lineFeed { position += 1 }
        case UInt8(ascii: "*"):
            position += 1
            while position + 1 < text.count, !text.equals("*/", in: position..<position + 2) { position += 1 }
            guard position + 1 < text.count else { throw JSONError(reason: .openComment, offset: start) }
            position += 2
        default: throw failure(.unexpectedByte)
        }
    }

    mutating func value(_ text: Span<UInt8>, depth: Int) throws(JSONError) -> JSONNode {
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
        default: throw failure(.unexpectedByte)
        }
    }

    func peek(_ text: Span<UInt8>) throws(JSONError) -> UInt8 {
        guard position < text.count else { throw failure(.unexpectedEnd) }
        return text[position]
    }

    mutating func take(_ byte: UInt8, _ text: Span<UInt8>) throws(JSONError) {
        guard try peek(text) == byte else { throw failure(.unexpectedByte) }
        position += 1
    }

    mutating func word(_ word: String, _ value: JSONNode.Value, _ text: Span<UInt8>) throws(JSONError) -> JSONNode {
        let start = position
        for byte in word.utf8 { try take(byte, text) }
        return JSONNode(value: value, range: start..<position)
    }

    mutating func object(_ text: Span<UInt8>, depth: Int) throws(JSONError) -> JSONNode.Value {
        var members: [JSONMember] = []
        var names: Set<[UInt8]> = []
        try items(text, opening: "{", closing: "}") { state, text throws(JSONError) in
            let start = state.position
            let range = try state.name(text)
            var name: [UInt8] = []
            JSONString.decode(text, in: range) { name.append($0) }
            guard names.insert(name).inserted else { throw JSONError(reason: .duplicateName, offset: start) }
            try state.skipSpace(text)
            try state.take(ASCII.colon, text)
            try state.skipSpace(text)
            members.append(JSONMember(name: name, offset: start, node: try state.value(text, depth: depth + 1)))
        }
        return .object(members)
    }

    /// The range of a member's name, without its quotes.
    mutating func name(_ text: Span<UInt8>) throws(JSONError) -> Range<Int> {
        let first = try peek(text)
        if first == ASCII.quote || (first == ASCII.apostrophe && dialect == .json5) { return try string(text) }
        guard dialect == .json5, first.isASCIILetter || "_$".utf8.contains(first) else {
            throw failure(.unexpectedByte)
        }
        let start = position
        while position < text.count, text[position].isASCIILetterOrDigit || "_$".utf8.contains(text[position]) {
            position += 1
        }
        return start..<position
    }

    mutating func array(_ text: Span<UInt8>, depth: Int) throws(JSONError) -> JSONNode.Value {
        var elements: [JSONNode] = []
        try items(text, opening: "[", closing: "]") { state, text throws(JSONError) in
            elements.append(try state.value(text, depth: depth + 1))
        }
        return .array(elements)
    }

    /// Items between brackets, with a comma between each two and none at the end.
    mutating func items(
        _ text: Span<UInt8>,
        opening: Unicode.Scalar,
        closing: Unicode.Scalar,
        item: (inout Self, Span<UInt8>) throws(JSONError) -> Void
    ) throws(JSONError) {
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

    /// The range between the quotes.
    mutating func string(_ text: Span<UInt8>) throws(JSONError) -> Range<Int> {
        let closing = text[position]
        position += 1
        let start = position
        while true {
            switch try peek(text) {
            case closing:
                position += 1
                return start..<position - 1
            case ASCII.backslash: try escape(text)
            case 0..<0x20: throw failure(.controlCharacter)
            case 0x80...: try multibyteScalar(text)
            default: position += 1
            }
        }
    }

    mutating func escape(_ text: Span<UInt8>) throws(JSONError) {
        position += 1
        let letter = try peek(text)
        guard letter == UInt8(ascii: "u") else {
            guard "\"\\/bfnrt".utf8.contains(letter) || (letter == ASCII.apostrophe && dialect == .json5) else {
                throw failure(.badEscape)
            }
            position += 1
            return
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

    /// The four digits after `u`.
    mutating func codeUnit(_ text: Span<UInt8>) throws(JSONError) -> UInt16 {
        position += 1
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = try peek(text).hexDigitValue else { throw failure(.badEscape) }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    mutating func multibyteScalar(_ text: Span<UInt8>) throws(JSONError) {
        let length: Int
        let allowed: ClosedRange<UInt8>
        // The table of well-formed sequences: https://www.unicode.org/versions/latest/core-spec/chapter-3/#G27506
        switch text[position] {
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
        for offset in 2..<max(length, 2) where text[position + offset] & 0xC0 != 0x80 { throw failure(.invalidUTF8) }
        position += length
    }

    mutating func number(_ text: Span<UInt8>) throws(JSONError) -> JSONNode {
        let start = position
        if try peek(text) == ASCII.minus { position += 1 }
        if position < text.count, text[position] == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits(text)
        }
        if position < text.count, text[position] == ASCII.dot {
            position += 1
            try digits(text)
        }
        if position < text.count, text[position].asciiLowercased == UInt8(ascii: "e") {
            position += 1
            if position < text.count, "+-".utf8.contains(text[position]) { position += 1 }
            try digits(text)
        }
        return JSONNode(value: .number, range: start..<position)
    }

    mutating func digits(_ text: Span<UInt8>) throws(JSONError) {
        let start = position
        while position < text.count, text[position].isASCIIDigit { position += 1 }
        guard position > start else { throw failure(.badNumber) }
    }
}
