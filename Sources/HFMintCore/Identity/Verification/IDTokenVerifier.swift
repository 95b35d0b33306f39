/// A verifier of ID tokens that the Hub never sees and so cannot verify.
///
/// The verifier checks the ``JOSEHeader`` and the claims, asks ``IssuerKeys`` for the issuer's ``JSONWebKeySet`` at the
/// address in its ``IssuerMetadata``, and has the machine check the signature. The token does not choose how it is
/// verified: the caller names the issuer and the audience, the issuer gives the keys, and each of the two algorithms
/// takes only keys of its own kind.
///
/// ```swift
/// let verifier = IDTokenVerifier(issuer: grant.issuer, audience: audience, keys: keys, context: context)
/// try verifier.verify(idToken) { limits }
/// ```
///
/// <https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>, <https://www.rfc-editor.org/rfc/rfc8725>
package struct IDTokenVerifier: Sendable {
    /// The issuer that the fitting grant names, not the one that the token names.
    let issuer: [UInt8]
    let audience: String
    let keys: IssuerKeys
    let context: Context

    /// The allowed difference between the clocks of the issuer and of this machine, in seconds.
    package static let clockSkew = 60

    /// Verifies the header and the claims, and then the signature with the issuer's keys.
    ///
    /// - Parameter ignoringTimes: whether the times do not count, for a token that was already used.
    /// - Throws: ``MintError/Code/identityUnverified`` with the reason; ``MintError/Code/identityUnavailable`` if the
    ///   issuer cannot be asked.
    package func verify(
        _ idToken: borrowing IDToken, ignoringTimes: Bool = false, limits: () -> HTTPLimits
    ) throws(MintError) {
        let parts: CompactToken
        do throws(Malformed) {
            parts = try CompactToken(idToken)
            try check(idToken.claims)
            if !ignoringTimes { try checkTimes(idToken.claims) }
        } catch {
            throw failure(error)
        }
        let isGenuine = try keys.checking(issuer, keyID: parts.header.keyID, in: context, limits: limits) {
            keys throws(MintError) in
            try isSigned(parts, with: keys)
        }
        guard isGenuine else { throw failure(Malformed("its signature is not the issuer's")) }
        context.trace("verified the ID token with the keys of \(String(decoding: issuer, as: UTF8.self))")
    }

    /// Returns whether the token is believed by keys that another token needed earlier; asks nobody.
    ///
    /// It tells who may hear why a request is refused. It gives nobody anything: the keys may be old.
    package func isBelieved(_ idToken: borrowing IDToken) -> Bool {
        guard let kept = keys.kept(of: issuer) else { return false }
        do {
            let parts = try CompactToken(idToken)
            try check(idToken.claims)
            try checkTimes(idToken.claims)
            return try isSigned(parts, with: kept)
        } catch {
            return false
        }
    }

    private func isSigned(_ parts: CompactToken, with keys: JSONWebKeySet) throws(MintError) -> Bool {
        let key: PublicKey
        do throws(Malformed) {
            key = try keys.key(for: parts.header)
        } catch {
            throw failure(error)
        }
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
        guard audiences.contains(where: { $0.equals(audience) }) else { throw Malformed("it is for another audience") }
        guard audiences.count == 1 else { throw Malformed("it is for several audiences, and so for others too") }
        guard case .string(let subject) = claims.comparable("sub"), !subject.isEmpty else {
            throw Malformed("it does not say whom it is about ('sub')")
        }
    }

    /// Checks that the token is valid now, within ``clockSkew``.
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

    private func failure(_ reason: Malformed) -> MintError { .notVerified(reason, issuer: issuer) }
}

/// The three parts of a compact token (RFC 7515, 7.1).
private struct CompactToken {
    let header: JOSEHeader
    /// `header.claims` in base64url, as the issuer signed it.
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
        guard let signature = decoded[2] else { throw Malformed("its signature is not base64url") }
        if header.algorithm == .es256 {
            guard signature.count == 64 else { throw Malformed("its signature is not 64 bytes, as ES256 has them") }
            let isZero = [signature[..<32], signature[32...]].contains { $0.allSatisfy { byte in byte == 0 } }
            guard !isZero else { throw Malformed("its signature has a zero in it, which ES256 never gives") }
        }
        self.signature = signature
        signedBytes = Array(bytes.prefix(parts[0].count + 1 + parts[1].count))
    }
}
