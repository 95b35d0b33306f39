/// The credential that a client presents, out of its `Authorization`.
///
/// A bearer token stands alone, as `huggingface_hub` sends it, or is the password of Basic, as git sends it.
///
/// <https://www.rfc-editor.org/rfc/rfc6750#section-2.1>, <https://www.rfc-editor.org/rfc/rfc7617#section-2>
struct PresentedCredential: ~Copyable {
    let token: Secret

    static let byteLimit = IDToken.byteLimit

    /// Reads the value of `Authorization`, or returns nil if it holds no credential.
    init?(_ authorization: borrowing Secret) {
        let token = authorization.reveal { text -> Secret? in
            guard let blank = text.indices.first(where: { text[$0] == ASCII.space }) else { return nil }
            let value = text.extracting((blank + 1)...)
            if text.equals("bearer", in: 0..<blank, ignoringCase: true) { return Secret(copying: value) }
            guard text.equals("basic", in: 0..<blank, ignoringCase: true) else { return nil }
            return Secret(decodingBase64: value)?.passwordOfPair
        }
        guard let token, (1...Self.byteLimit).contains(token.byteCount) else { return nil }
        self.token = token
    }

    /// Whether each byte may stand in a bearer token.
    ///
    /// It is asked of a credential that was not seen yet: the digest of one that is known says as much.
    static func isToken(_ text: Span<UInt8>) -> Bool {
        for index in text.indices where !text[index].isOfToken { return false }
        return true
    }
}

extension UInt8 {
    /// Whether the byte may stand in a bearer token.
    fileprivate var isOfToken: Bool {
        switch self {
        case ASCII.minus, ASCII.dot, ASCII.underscore, UInt8(ascii: "~"), UInt8(ascii: "+"), ASCII.slash, ASCII.equals:
            true
        default: isASCIILetterOrDigit
        }
    }
}

extension Secret {
    /// What follows the first colon, or nil without one.
    fileprivate var passwordOfPair: Secret? {
        reveal { text in
            guard let colon = text.indices.first(where: { text[$0] == ASCII.colon }) else { return nil }
            return Secret(copying: text.extracting((colon + 1)...))
        }
    }
}
