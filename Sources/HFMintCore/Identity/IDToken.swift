/// The job's OIDC token: the subject token of RFC 8693.
///
/// Its claims are decoded, never verified: they serve messages, and checks of what cannot work. Who trusts the token
/// is the Hub's decision.
///
/// <https://openid.net/specs/openid-connect-core-1_0.html#IDToken>
package struct IDToken: ~Copyable, Sendable {
    /// Three base64url parts with dots between them, and nothing else.
    package let secret: Secret
    package let claims: Claims

    package static let byteLimit = 32 << 10

    private init(secret: consuming Secret, claims: Claims) {
        self.secret = secret
        self.claims = claims
    }

    /// - Parameter text: blanks and line breaks around it are cut off, as files, programs and forms leave them there.
    /// - Throws: why this is no ID token, in a sentence that quotes nothing of it.
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
