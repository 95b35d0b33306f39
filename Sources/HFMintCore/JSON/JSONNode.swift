/// One value of a JSON text, as positions in its bytes.
///
/// A node holds no bytes of a value, so that a credential in the text is not copied. To get a value, lend the bytes
/// again.
///
/// ```swift
/// let token = answer.reveal { text in root["access_token"]?.secret(in: text) }
/// ```
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
    /// The position of the value; of a string, the bytes between the quotes.
    package let range: Range<Int>
}

package struct JSONMember: Equatable, Sendable {
    /// The name with its escapes resolved.
    package let name: [UInt8]
    /// The position of the name.
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

    package var bool: Bool? {
        if case .bool(let value) = value { value } else { nil }
    }

    /// The value of the member with this name, or nil if there is none, or it is `null`.
    ///
    /// Names are compared as bytes. Servers write `null` for an absent value, as Java's and Python's readers return it.
    package subscript(name: String) -> JSONNode? {
        member(name).flatMap { $0.isNull ? nil : $0 }
    }

    /// Returns the value of the member with this name, also if it is `null`, for protocols that give `null` a meaning.
    package func member(_ name: String) -> JSONNode? {
        members?.first { $0.name.equals(name) }?.node
    }

    /// Returns the string with its escapes resolved, or nil for any other value.
    package func string(in text: Span<UInt8>) -> [UInt8]? {
        guard isString else { return nil }
        var bytes: [UInt8] = []
        JSONString.decode(text, in: range) { bytes.append($0) }
        return bytes
    }

    /// Returns the string with its escapes resolved as a ``Secret``, or nil for any other value.
    package func secret(in text: Span<UInt8>) -> Secret? {
        guard isString else { return nil }
        var buffer = SecretBuffer(capacity: range.count)
        JSONString.decode(text, in: range) { buffer.append($0) }
        return buffer.finish()
    }

    /// Returns a number that is written without fraction or exponent and fits, or nil for any other value.
    ///
    /// In JSON5, `+1` and `0x1F` are integers too.
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

/// A JSON text that is not secret, with its root.
package struct JSONText: Equatable, Sendable {
    package let bytes: [UInt8]
    package let root: JSONNode

    /// An object without members.
    package static let emptyObject = JSONText(
        bytes: Array("{}".utf8), root: JSONNode(value: .object([]), range: 0..<2))

    package func string(_ node: JSONNode?) -> [UInt8]? { node?.string(in: bytes.span) }

    package func integer(_ node: JSONNode?) -> Int? { node?.integer(in: bytes.span) }

    /// Returns the string of this name in the root as text, or nil.
    func text(_ name: String) -> String? { string(root[name]).map { String(decoding: $0, as: UTF8.self) } }
}

extension JSONText {
    package init(_ bytes: [UInt8], limits: JSONLimits = .answer, dialect: JSONDialect = .json) throws(Malformed) {
        self.init(bytes: bytes, root: try readJSON(bytes.span, limits: limits, dialect: dialect))
    }
}
