/// Why bytes are not what they should be.
///
/// A reader of bytes throws it; whoever knows where they came from catches it, and tells that with the reason.
package struct Malformed: Error, Equatable, Sendable {
    /// A clause about what was read: "it is empty", "has 4 fields instead of 5"; nothing that may be secret is in it.
    package let reason: String
    /// The next thing to do, where that is another than for any of them.
    package let hint: String?
    /// What is wrong with a JSON text, for whoever may show what stands there; `nil` of anything else.
    package let fault: JSONFault?
    /// Where that is, in bytes from 0.
    package let offset: Int

    package init(_ reason: String, hint: String? = nil) {
        (self.reason, self.hint, fault, offset) = (reason, hint, nil, 0)
    }

    package init(_ fault: JSONFault, at offset: Int) {
        (reason, hint, self.fault, self.offset) = (fault.rawValue, nil, fault, offset)
    }
}

/// What may be wrong with a JSON text.
package enum JSONFault: String, Sendable {
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

    /// Whether this is only more than hfmint takes, and not against the standard, such as a name that occurs twice.
    package var isStricter: Bool {
        switch self {
        case .tooLarge, .tooDeep, .tooManyValues, .loneSurrogate, .duplicateName, .controlCharacter, .invalidUTF8: true
        default: false
        }
    }
}
