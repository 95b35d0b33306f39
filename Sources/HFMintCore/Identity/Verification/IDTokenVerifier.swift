/// Verifies an ID token, where the Hub never sees it and so cannot.
///
/// Nothing in the token says how: the issuer and the audience are the caller's, the keys are the issuer's, and of
/// algorithms there are two, each with keys of its own kind.
///
/// <https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>, <https://www.rfc-editor.org/rfc/rfc8725>
package struct IDTokenVerifier: Sendable {
    private let issuer: [UInt8]
    private let audience: String
    private let keys: IssuerKeys
    private let context: Context

    /// How far apart the issuer's clock and this machine's may be, in seconds.
    package static let clockSkew = 60

    /// - Parameter issuer: of the grant that fits: never that of a token which no grant fits.
    package init(issuer: [UInt8], audience: String, keys: IssuerKeys, context: Context) {
        self.issuer = issuer
        self.audience = audience
        self.keys = keys
        self.context = context
    }

    /// Verifies all of it: header, claims, then, with the issuer's keys, the signature.
    ///
    /// - Parameter ignoringTimes: whether an expired token passes, for one that has done its work already.
    /// - Throws: ``MintError/Code/identityUnverified`` with the reason; ``MintError/Code/identityUnavailable`` where the
    ///   issuer cannot be asked.
    package func verify(
        _ idToken: borrowing IDToken, ignoringTimes: Bool = false, limits: () -> HTTPLimits
    ) throws(MintError) {
        let parts = try telling { () throws(Malformed) in try CompactToken(idToken) }
        try telling { () throws(Malformed) in
            try check(idToken.claims)
            if !ignoringTimes { try checkTimes(idToken.claims) }
        }
        let isGenuine = try keys.checking(issuer, keyID: parts.header.keyID, in: context, limits: limits) {
            keys throws(MintError) in
            let key = try telling { () throws(Malformed) in try keys.key(for: parts.header) }
            return try isSigned(parts, by: key)
        }
        guard isGenuine else { throw failure(Malformed("its signature is not the issuer's")) }
        context.trace("verified the ID token with the keys of \(String(decoding: issuer, as: UTF8.self))")
    }

    private func isSigned(_ parts: CompactToken, by key: PublicKey) throws(MintError) -> Bool {
        let answer = try context.signatures.isSignature(parts.signature, of: parts.signedBytes, by: key)
        guard let answer else { throw failure(Malformed("the issuer's key is no key")) }
        return answer
    }

    private func check(_ claims: Claims) throws(Malformed) {
        guard claims.comparable("iss") == .string(issuer) else { throw Malformed("it is from another issuer") }
        let audiences: [[UInt8]]
        switch claims.comparable("aud") {
        case .string(let one): audiences = [one]
        case .strings(let list): audiences = list
        default: throw Malformed("it names no audience ('aud')")
        }
        guard audiences.contains(where: { $0.equals(audience) }) else {
            throw Malformed("it is for another audience")
        }
        guard audiences.count == 1 else { throw Malformed("it is for several audiences, and so for others too") }
        guard case .string(let subject) = claims.comparable("sub"), !subject.isEmpty else {
            throw Malformed("it does not say whom it is about ('sub')")
        }
    }

    /// Whether it is its time now, give or take ``clockSkew``.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4>
    private func checkTimes(_ claims: Claims) throws(Malformed) {
        let now = context.clock.now()
        let expiry = try moment("exp", claims)
        let issue = try moment("iat", claims)
        guard now - expiry < Self.clockSkew else {
            throw Malformed("it expired \(inWords(seconds: now - expiry)) ago, by this machine's clock")
        }
        guard issue - now <= Self.clockSkew else {
            throw Malformed("it was issued \(inWords(seconds: issue - now)) from now, by this machine's clock")
        }
        guard claims.comparable("nbf") != .missing else { return }
        let start = try moment("nbf", claims)
        guard start - now <= Self.clockSkew else {
            throw Malformed("it is not valid for another \(inWords(seconds: start - now)), by this machine's clock")
        }
    }

    private func moment(_ name: String, _ claims: Claims) throws(Malformed) -> Timestamp {
        guard let moment = claims.exactMoment(name) else {
            throw Malformed("its '\(name)' is not a whole number of seconds")
        }
        return moment
    }

    private func telling<Result>(_ body: () throws(Malformed) -> Result) throws(MintError) -> Result {
        do throws(Malformed) {
            return try body()
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ reason: Malformed) -> MintError { .notVerified(reason, issuer: issuer) }
}

/// The three parts of a compact token (RFC 7515, 7.1), the first two as they were signed.
private struct CompactToken {
    let header: JOSEHeader
    /// `header.claims`, in base64url.
    let signedBytes: [UInt8]
    let signature: [UInt8]

    init(_ idToken: borrowing IDToken) throws(Malformed) {
        let bytes = idToken.secret.reveal { $0.bytes }
        let parts = bytes.split(separator: ASCII.dot, omittingEmptySubsequences: false).map { Array($0) }
        let decoded = parts.map { Base64URL.decode($0.span) }
        guard decoded.count == 3, let json = decoded[0].flatMap({ try? JSONText($0) }) else {
            throw Malformed("its header is not a JSON object")
        }
        header = try JOSEHeader(json)
        guard let signature = decoded[2] else {
            throw Malformed("its signature is not base64url")
        }
        if header.algorithm == .es256 {
            guard signature.count == 64 else { throw Malformed("its signature is not 64 bytes, as ES256 has them") }
            let isZero = [signature[..<32], signature[32...]].contains { $0.allSatisfy { byte in byte == 0 } }
            guard !isZero else { throw Malformed("its signature has a zero in it, which ES256 never gives") }
        }
        self.signature = signature
        signedBytes = Array(bytes.prefix(parts[0].count + 1 + parts[1].count))
    }
}
