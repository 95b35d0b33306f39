/// The OIDC token of the job: the subject token of RFC 8693.
///
/// Parsing decodes the claims and does not verify them. They serve messages, and checks that find a mistake early. The
/// Hub decides whether to trust the token.
///
/// <https://openid.net/specs/openid-connect-core-1_0.html#IDToken>
package struct IDToken: ~Copyable, Sendable {
    /// Three base64url parts with dots between them.
    package let secret: Secret
    package let claims: Claims

    package static let byteLimit = 32 << 10

    private init(secret: consuming Secret, claims: Claims) {
        self.secret = secret
        self.claims = claims
    }

    /// Parses an ID token, and cuts off the blanks and line breaks that files, programs and forms leave around it.
    ///
    /// - Throws: why the text is not an ID token; the reason quotes nothing of it.
    package static func parse(_ text: consuming Secret) throws(Malformed) -> IDToken {
        let secret = text.withoutBlanksAround()
        let claims = try secret.reveal { span throws(Malformed) in try readClaims(span) }
        return IDToken(secret: secret, claims: claims)
    }

    private static func readClaims(_ text: Span<UInt8>) throws(Malformed) -> Claims {
        guard text.count > 0 else { throw Malformed("it is empty") }
        guard text.count <= byteLimit else { throw Malformed("it is larger than 32 KiB") }
        var dots: [Int] = []
        for index in text.indices {
            if text[index] == ASCII.dot {
                dots.append(index)
            } else if !Base64URL.isInAlphabet(text[index]) {
                throw objection(to: text)
            }
        }
        guard dots.count == 2, dots[0] > 0, dots[1] > dots[0] + 1, dots[1] < text.count - 1 else {
            throw objection(to: text)
        }
        guard let header = json(text.extracting(0..<dots[0])), header.root.members != nil,
            let payload = json(text.extracting(dots[0] + 1..<dots[1])), payload.root.members != nil
        else { throw Malformed("its header or its claims are not a JSON object") }
        return Claims(payload)
    }

    private static func json(_ part: Span<UInt8>) -> JSONText? {
        guard let bytes = Base64URL.decode(part) else { return nil }
        return try? JSONText(bytes)
    }
}
