/// Callbacks as Security Event Tokens (RFC 8417), pushed (RFC 8935), with CAEP's `credential-change`.
///
/// <https://openid.net/specs/openid-caep-1_0-final.html>
struct SecurityEventToken: CallbackFormat {
    /// The algorithm of the signature.
    enum Key: Sendable {
        case hs256
        case asymmetric(SignatureAlgorithm)

        var name: String {
            switch self {
            case .hs256: "HS256"
            case .asymmetric(let algorithm): algorithm.rawValue
            }
        }
    }

    let issuer: String
    let audience: String
    /// CAEP's subject: the client whose secret changes.
    let subject: (issuer: String, client: String)
    let key: Key
    let keyID: String?
    let secret: SecretSource

    func request(
        for event: CallbackEvent, of rotation: String, to url: HTTPURL, at moment: Timestamp
    ) throws(StepFailure) -> SignedCallback {
        var header: [JSONValue.Member] = [.init("alg", .string(key.name)), .init("typ", "secevent+jwt")]
        if let keyID { header.append(.init("kid", .string(keyID))) }
        let input = "\(base64URL(.object(header))).\(base64URL(claims(event, rotation)))"
        do throws(MintError) {
            let signature = try signature(Array(input.utf8))
            return SignedCallback(
                headers: [HTTPHeader("Accept", "application/json")], contentType: "application/secevent+jwt",
                body: "\(input).\(Base64URL.encode(signature))")
        } catch {
            throw StepFailure(error)
        }
    }

    private func signature(_ input: [UInt8]) throws(MintError) -> [UInt8] {
        let signatures = self.secret.context.signatures
        let secret = try self.secret.read(.key)
        switch key {
        case .hs256:
            // <https://www.rfc-editor.org/rfc/rfc7518#section-3.2>
            guard secret.byteCount >= 32 else {
                throw MintError(.stateUnusable, "the key of an event is shorter than the 32 bytes that HS256 demands")
            }
            return try signatures.hmacSHA256(input, key: secret)
        case .asymmetric(let algorithm): return try signatures.sign(input, with: algorithm, pem: secret)
        }
    }

    /// Returns the claims: no `sub` and no `exp`, as the Shared Signals Framework demands.
    private func claims(_ event: CallbackEvent, _ rotation: String) -> JSONValue {
        [
            "iss": .string(issuer),
            "jti": .string(event.id),
            // The time of the event, not of the try: a repetition is the same token.
            "iat": .integer(event.at.secondsSince1970),
            "aud": .string(audience),
            "txn": .string(rotation),
            "sub_id": ["format": "iss_sub", "iss": .string(subject.issuer), "sub": .string(subject.client)],
            "events": [
                "https://schemas.openid.net/secevent/caep/event-type/credential-change": [
                    "credential_type": "client_secret",
                    "change_type": .string(changeType(event.kind)),
                    "friendly_name": .string(event.secretID ?? rotation),
                    "initiating_entity": "policy",
                    "event_timestamp": .integer((event.notBefore ?? event.at).secondsSince1970),
                    "reason_admin": ["en": .string(event.kind.rawValue)],
                ]
            ],
        ]
    }

    private func changeType(_ kind: CallbackEvent.Kind) -> String {
        switch kind {
        case .secretCreated: "create"
        case .secretRevoking, .secretRevoked: "revoke"
        case .rotationStarted, .secretDelivered, .rotationFailed, .rotationAttention: "update"
        }
    }

    private func base64URL(_ value: JSONValue) -> String { Base64URL.encode(value.rendered().reveal { $0.bytes }) }
}
