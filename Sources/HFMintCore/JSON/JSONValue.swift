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
        var pieces: [TextOrToken] = []
        append(to: &pieces)
        return Secret(joining: pieces)
    }

    private func append(to pieces: inout [TextOrToken]) {
        switch self {
        case .null: pieces.append(.text("null"))
        case .bool(let value): pieces.append(.text(value ? "true" : "false"))
        case .integer(let value): pieces.append(.text("\(value)"))
        case .string(let text): pieces.append(.text(JSONString.quoted(text)))
        case .array(let elements):
            pieces.append(.text("["))
            for (index, element) in elements.enumerated() {
                if index > 0 { pieces.append(.text(",")) }
                element.append(to: &pieces)
            }
            pieces.append(.text("]"))
        case .object(let members):
            pieces.append(.text("{"))
            for (index, member) in members.enumerated() {
                pieces.append(.text("\(index > 0 ? "," : "")\(JSONString.quoted(member.name)):"))
                member.value.append(to: &pieces)
            }
            pieces.append(.text("}"))
        case .token(let token):
            // The bytes of a token need no escapes: see ``BearerToken``.
            pieces += [.text("\""), .token(token), .text("\"")]
        case .secret(let shared):
            pieces += [.text("\""), .secret(SharedSecret(shared.secret.jsonEscaped())), .text("\"")]
        }
    }
}
