/// The parameters of a request to the token endpoint, each of them once.
///
/// They are read from a form, as OAuth has them, or from a JSON object, as the Hub's clients send them. What is not
/// known is ignored, as the standard wants. What occurs twice is refused, and so is what is there and empty: nobody may
/// take a parameter for absent that was to narrow what is asked for.
///
/// <https://www.rfc-editor.org/rfc/rfc6749#section-3.2>, <https://huggingface.co/docs/hub/trusted-publishers>
package struct TokenParameters: ~Copyable, Sendable {
    package enum Name: String, CaseIterable, Sendable {
        case grantType = "grant_type"
        case subjectToken = "subject_token"
        case subjectTokenType = "subject_token_type"
        case resource
        case audience
        case scope
        /// The role, under the name that it has here.
        case role
        case requestedTokenType = "requested_token_type"
        case actorToken = "actor_token"
        case actorTokenType = "actor_token_type"
    }

    private var texts: [Name: [UInt8]] = [:]
    private var subjectToken: Secret?

    /// The syntax of a body.
    package enum Syntax: Sendable {
        case form
        case json

        /// Reads the value of `Content-Type`, or returns nil for another type.
        package init?(contentType: String?) {
            let type = contentType?.utf8.prefix { $0 != UInt8(ascii: ";") } ?? "".utf8.prefix(0)
            switch String(decoding: type, as: UTF8.self).withoutBlanksAround.asciiLowercased {
            case "application/x-www-form-urlencoded": self = .form
            case "application/json": self = .json
            default: return nil
            }
        }
    }

    /// The largest value of a parameter other than the subject token, in bytes.
    package static let textLimit = 1_024
    private static let pairLimit = 64

    /// - Throws: ``Malformed``, which quotes no value.
    package init(_ body: Span<UInt8>, _ syntax: Syntax) throws(Malformed) {
        switch syntax {
        case .form: try readForm(body)
        case .json: try readObject(body)
        }
    }

    /// Returns the value of a parameter other than the subject token, in ASCII.
    package subscript(name: Name) -> [UInt8]? { texts[name] }

    package borrowing func copiedSubjectToken() -> Secret? {
        switch subjectToken {
        case .some(let token): token.duplicate()
        case .none: nil
        }
    }

    private mutating func set(_ name: Name, _ value: consuming Secret) throws(Malformed) {
        guard value.byteCount > 0 else { throw Malformed("'\(name.rawValue)' is empty") }
        guard name != .subjectToken else {
            subjectToken = consume value
            return
        }
        guard value.byteCount <= Self.textLimit else { throw Malformed("'\(name.rawValue)' is too long") }
        let bytes = value.reveal { $0.bytes }
        guard bytes.allSatisfy({ $0.isASCIIVisible || $0 == ASCII.space }) else {
            throw Malformed("'\(name.rawValue)' has a character that it cannot have")
        }
        texts[name] = bytes
    }
}

/// The reader of objects; null stands for an absent value, as elsewhere.
extension TokenParameters {
    private mutating func readObject(_ body: Span<UInt8>) throws(Malformed) {
        guard let members = try readJSON(body, limits: .answer).members else {
            throw Malformed("the body is not a JSON object")
        }
        for member in members where !member.node.isNull {
            guard let name = Name.allCases.first(where: { member.name.equals($0.rawValue) }) else { continue }
            guard let value = member.node.secret(in: body) else {
                throw Malformed("'\(name.rawValue)' is not a string")
            }
            try set(name, value)
        }
    }
}

/// The reader of forms: <https://url.spec.whatwg.org/#urlencoded-parsing>, without its leniency.
extension TokenParameters {
    private mutating func readForm(_ body: Span<UInt8>) throws(Malformed) {
        var names: Set<[UInt8]> = []
        var start = 0
        while start <= body.count {
            let end = Self.index(of: UInt8(ascii: "&"), in: body, start..<body.count)
            defer { start = end + 1 }
            guard end > start else { continue }
            guard names.count < Self.pairLimit else { throw Malformed("it has too many parameters") }
            let middle = Self.index(of: ASCII.equals, in: body, start..<end)
            let written = try Self.decoded(body, start..<middle).reveal { $0.bytes }
            let name = Name.allCases.first { written.equals($0.rawValue) }
            guard names.insert(written).inserted else {
                throw Malformed("\(name.map { "'\($0.rawValue)'" } ?? "a parameter") occurs twice")
            }
            let value = try Self.decoded(body, min(middle + 1, end)..<end)
            if let name { try set(name, value) }
        }
    }

    /// Returns where `byte` first stands in `range`, or the end of the range.
    private static func index(of byte: UInt8, in text: Span<UInt8>, _ range: Range<Int>) -> Int {
        range.first { text[$0] == byte } ?? range.upperBound
    }

    private static func decoded(_ text: Span<UInt8>, _ range: Range<Int>) throws(Malformed) -> Secret {
        var buffer = SecretBuffer(capacity: range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            switch text[index] {
            case UInt8(ascii: "+"): buffer.append(ASCII.space)
            case ASCII.percent:
                guard index + 2 < range.upperBound, let high = text[index + 1].hexDigitValue,
                    let low = text[index + 2].hexDigitValue
                else { throw Malformed("it has a '%' without two hexadecimal digits") }
                buffer.append(high << 4 | low)
                index += 2
            case let byte where byte.isASCIIVisible: buffer.append(byte)
            default: throw Malformed("it has a character that a form encodes")
            }
            index += 1
        }
        return buffer.finish()
    }
}
