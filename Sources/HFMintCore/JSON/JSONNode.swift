/// One value of a JSON text, as positions in its bytes.
///
/// A node holds no bytes of any value, so a text that carries a credential can be read while the credential stays
/// where it is. Ask for a value by lending the bytes again.
package struct JSONNode: Equatable, Sendable {
    package enum Value: Equatable, Sendable {
        case null
        case bool(Bool)
        case number
        case string
        case array([JSONNode])
        case object([JSONMember])
    }

    package let value: Value
    /// Where the value stands; of a string, the bytes between the quotes.
    package let range: Range<Int>
}

/// A name and its value.
package struct JSONMember: Equatable, Sendable {
    /// The name with its escapes resolved.
    package let name: [UInt8]
    /// Where the name stands.
    package let offset: Int
    package let node: JSONNode
}

extension JSONNode {
    package var members: [JSONMember]? {
        if case .object(let members) = value { members } else { nil }
    }

    package var elements: [JSONNode]? {
        if case .array(let elements) = value { elements } else { nil }
    }

    package var isString: Bool { value == .string }

    package var isNull: Bool { value == .null }

    /// The member called `name`, compared as bytes; `nil` where this is no object, or has none, or has `null` there.
    ///
    /// Servers write `null` for what is not there: Java's and Python's readers make the same of both.
    package subscript(name: String) -> JSONNode? {
        member(name).flatMap { $0.isNull ? nil : $0 }
    }

    /// The same where `null` says something of its own, as a protocol has it.
    package func member(_ name: String) -> JSONNode? {
        members?.first { $0.name.equals(name) }?.node
    }

    /// The string with its escapes resolved; `nil` for any other value.
    package func string(in text: Span<UInt8>) -> [UInt8]? {
        guard isString else { return nil }
        var bytes: [UInt8] = []
        JSONString.decode(text, in: range) { bytes.append($0) }
        return bytes
    }

    /// The string with its escapes resolved, straight into a ``Secret``; `nil` for any other value.
    package func secret(in text: Span<UInt8>) -> Secret? {
        guard isString else { return nil }
        var buffer = SecretBuffer(capacity: range.count)
        JSONString.decode(text, in: range) { buffer.append($0) }
        return buffer.finish()
    }

    /// A number written as an integer, without fraction or exponent, that fits; `nil` for any other value.
    ///
    /// To JSON5 `+1` and `0x1F` are integers too.
    package func integer(in text: Span<UInt8>) -> Int? {
        guard value == .number else { return nil }
        let bytes = text.bytes(in: range)
        let sign = bytes.prefix { $0 == ASCII.minus || $0 == UInt8(ascii: "+") }
        let digits = bytes.dropFirst(sign.count)
        let isHexadecimal = digits.count > 2 && digits.dropFirst().first?.asciiLowercased == UInt8(ascii: "x")
        let number = sign + (isHexadecimal ? digits.dropFirst(2) : digits)
        return Int(String(decoding: number, as: UTF8.self), radix: isHexadecimal ? 16 : 10)
    }
}

/// A JSON text whose bytes are not secret, with its root.
package struct JSONText: Equatable, Sendable {
    package let bytes: [UInt8]
    package let root: JSONNode

    package init(
        _ bytes: [UInt8], limits: JSONLimits = .answer, dialect: JSONDialect = .json
    ) throws(Malformed) {
        self.bytes = bytes
        root = try readJSON(bytes.span, limits: limits, dialect: dialect)
    }

    /// An object without members.
    package static let emptyObject = JSONText(
        bytes: Array("{}".utf8), root: JSONNode(value: .object([]), range: 0..<2))

    private init(bytes: [UInt8], root: JSONNode) {
        self.bytes = bytes
        self.root = root
    }

    package func string(_ node: JSONNode?) -> [UInt8]? { node?.string(in: bytes.span) }

    package func integer(_ node: JSONNode?) -> Int? { node?.integer(in: bytes.span) }
}
