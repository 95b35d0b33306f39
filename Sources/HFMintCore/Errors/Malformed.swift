/// Why bytes are not what they should be.
///
/// A reader of bytes throws it. A caller that knows the origin of the bytes catches it, and names it with the reason.
package struct Malformed: Error, Equatable, Sendable {
    /// A clause about the bytes without anything secret: "it is empty", "has 4 fields instead of 5".
    package let reason: String
    /// The next thing to do, or nil if that is the same for every reason.
    package let hint: String?
    /// The fault of a JSON text, or nil of any other bytes.
    package let fault: JSONFault?
    /// The position of the fault, in bytes from 0.
    package let offset: Int

    package init(_ reason: String, hint: String? = nil) {
        (self.reason, self.hint, fault, offset) = (reason, hint, nil, 0)
    }

    package init(_ fault: JSONFault, at offset: Int) {
        (reason, hint, self.fault, self.offset) = (fault.rawValue, nil, fault, offset)
    }
}

/// A fault of a JSON text.
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

    /// Whether the standard allows the text, and only hfmint refuses it, such as a name that occurs twice.
    package var isStricter: Bool {
        switch self {
        case .tooLarge, .tooDeep, .tooManyValues, .loneSurrogate, .duplicateName, .controlCharacter, .invalidUTF8: true
        default: false
        }
    }
}
