/// The credential that a client presents, out of its `Authorization`.
///
/// A bearer token stands alone, as `huggingface_hub` sends it, or is the password of Basic, as git sends it.
///
/// <https://www.rfc-editor.org/rfc/rfc6750#section-2.1>, <https://www.rfc-editor.org/rfc/rfc7617#section-2>
struct PresentedCredential: ~Copyable {
    let token: Secret

    static let byteLimit = IDToken.byteLimit

    /// Reads the value of `Authorization`, or returns nil if it holds no token.
    ///
    /// Two headers, which servers join by a comma, hold none.
    init?(_ authorization: borrowing Secret) {
        let token = authorization.reveal { text -> Secret? in
            guard let blank = text.indices.first(where: { text[$0] == ASCII.space }) else { return nil }
            let value = text.extracting((blank + 1)...)
            switch text.bytes(in: 0..<blank).map(\.asciiLowercased) {
            case Array("bearer".utf8): return Secret(copying: value)
            case Array("basic".utf8): return Secret(decodingBase64: value)?.passwordOfPair
            default: return nil
            }
        }
        guard let token else { return nil }
        let isToken = token.reveal { text in
            (1...Self.byteLimit).contains(text.count)
                && text.indices.allSatisfy { text[$0].isASCIILetterOrDigit || "-._~+/=".utf8.contains(text[$0]) }
        }
        guard isToken else { return nil }
        self.token = token
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
