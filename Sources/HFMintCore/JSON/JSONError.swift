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
        case lineBreak = "a line break in a string"
        case invalidUTF8 = "not UTF-8"
        case openComment = "a comment that does not end"
        case duplicateName = "a name occurs twice in one object"
    }

    package let reason: Reason
    /// In bytes, from 0.
    package let offset: Int

    /// Whether this is only more than hfmint takes, and not against the standard, such as a name that occurs twice.
    package var isStricter: Bool {
        switch reason {
        case .tooLarge, .tooDeep, .tooManyValues, .loneSurrogate, .duplicateName, .controlCharacter, .invalidUTF8: true
        default: false
        }
    }
}
