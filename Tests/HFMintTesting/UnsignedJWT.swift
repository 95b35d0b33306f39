package import HFMintCore

/// A value that a claim may have, written as a literal.
package indirect enum ClaimValue: Sendable {
    case string(String)
    case integer(Int)
    case bool(Bool)
    case array([ClaimValue])
    case object([String: ClaimValue])

    fileprivate var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .integer(let number): .integer(number)
        case .bool(let value): .bool(value)
        case .array(let elements): .array(elements.map(\.json))
        case .object(let members):
            .object(members.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value.json) })
        }
    }
}

extension ClaimValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral text: String) {
        self = .string(text)
    }

    package init(integerLiteral number: Int) {
        self = .integer(number)
    }

    package init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    package init(arrayLiteral elements: ClaimValue...) {
        self = .array(elements)
    }

    package init(dictionaryLiteral elements: (String, ClaimValue)...) {
        self = .object(Dictionary(elements) { first, _ in first })
    }
}

/// A well-formed JWT that no issuer signed.
package func unsignedJWT(_ claims: [String: ClaimValue]) -> String {
    unsignedJWT(json: ClaimValue.object(claims).json.rendered().revealedText())
}

/// A JWT with these bytes as its claims, and a signature of nothing.
package func unsignedJWT(json: String) -> String {
    [#"{"alg":"RS256","typ":"JWT"}"#, json, "signature"].map { base64URL($0.utf8) }.joined(separator: ".")
}

/// Base64url without padding.
package func base64URL(_ bytes: some Sequence<UInt8>) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - UInt8($0)) & 1 } }
    let letters = stride(from: 0, to: bits.count, by: 6).map { start in
        (0..<6).reduce(0) { $0 << 1 | (start + $1 < bits.count ? Int(bits[start + $1]) : 0) }
    }
    return String(decoding: letters.map { alphabet[$0] }, as: UTF8.self)
}

/// The claims of `fields`, as a token would bring them.
package func testClaims(_ fields: [String: ClaimValue]) throws -> Claims {
    try IDToken.parse(Secret(unsignedJWT(fields))).claims
}
