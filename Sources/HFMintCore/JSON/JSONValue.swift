/// A JSON value that is to be written, and may hold secrets.
///
/// ```swift
/// let body: JSONValue = ["name": "ci", "token": .token(bearer)]
/// let bytes = body.rendered()
/// ```
package indirect enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case string(String)
    case array([JSONValue])
    case object([Member])
    case token(BearerToken)
    /// A string that is secret.
    case secret(SharedSecret)

    package struct Member: Sendable {
        package let name: String
        package let value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    package static func string(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    package static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral text: String) { self = .string(text) }

    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    /// Keeps the members in the order of the literal.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0, $1) })
    }
}

extension JSONValue {
    /// Returns the text on one line, without a line feed at its end.
    package func rendered() -> Secret {
        var buffer = SecretBuffer(capacity: 512)
        append(to: &buffer)
        return buffer.finish()
    }

    private func append(to buffer: inout SecretBuffer) {
        switch self {
        case .null: buffer.grow("null")
        case .bool(let value): buffer.grow(value ? "true" : "false")
        case .integer(let value): buffer.grow("\(value)")
        case .string(let text): buffer.growQuoted(text)
        case .array(let elements):
            buffer.grow("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { buffer.grow(",") }
                element.append(to: &buffer)
            }
            buffer.grow("]")
        case .object(let members):
            buffer.grow("{")
            for (index, member) in members.enumerated() {
                if index > 0 { buffer.grow(",") }
                buffer.growQuoted(member.name)
                buffer.grow(":")
                member.value.append(to: &buffer)
            }
            buffer.grow("}")
        case .token(let token):
            // The bytes of a token need no escapes: see ``BearerToken``.
            buffer.growQuoted(token.secret)
        case .secret(let shared): buffer.growQuoted(shared.secret.jsonEscaped())
        }
    }
}

extension SecretBuffer {
    fileprivate mutating func grow(_ text: String) {
        makeRoom(for: text.utf8.count)
        append(text)
    }

    fileprivate mutating func growQuoted(_ text: String) {
        guard JSONString.isPlain(text) else { return grow(JSONString.quoted(text)) }
        makeRoom(for: text.utf8.count + 2)
        append(ASCII.quote)
        append(text)
        append(ASCII.quote)
    }

    fileprivate mutating func growQuoted(_ secret: borrowing Secret) {
        makeRoom(for: secret.byteCount + 2)
        append(ASCII.quote)
        append(secret)
        append(ASCII.quote)
    }
}
