/// Callbacks as Standard Webhooks 1.0 writes and signs them: JSON, `v1` HMAC-SHA256.
///
/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
struct StandardWebhooks: CallbackFormat {
    let secret: SecretSource

    func request(
        for event: CallbackEvent, of rotation: String, to url: HTTPURL, at moment: Timestamp
    ) throws(StepFailure) -> SignedCallback {
        let body = String(decoding: payload(event, rotation).rendered().reveal { $0.bytes }, as: UTF8.self)
        // The id may hold no full stop, which separates the parts of the signed text.
        let id = String(decoding: event.id.utf8.map { $0 == ASCII.dot ? ASCII.underscore : $0 }, as: UTF8.self)
        let signed = Array("\(id).\(moment.secondsSince1970).\(body)".utf8)
        do throws(MintError) {
            let key = try Self.key(secret.read(.key))
            let signature = Secret(copying: try secret.context.signatures.hmacSHA256(signed, key: key)).base64Encoded()
            return SignedCallback(
                headers: [
                    HTTPHeader("webhook-id", id),
                    HTTPHeader("webhook-timestamp", "\(moment.secondsSince1970)"),
                    HTTPHeader(
                        "webhook-signature", "v1," + String(decoding: signature.reveal { $0.bytes }, as: UTF8.self)),
                ],
                contentType: "application/json", body: body)
        } catch {
            throw StepFailure(error)
        }
    }

    private func payload(_ event: CallbackEvent, _ rotation: String) -> JSONValue {
        [
            "type": .string(event.kind.rawValue),
            "timestamp": .string(event.at.rfc3339),
            "data": [
                "rotation": .string(rotation),
                "secret_id": .string(event.secretID),
                "not_before": .string(event.notBefore?.rfc3339),
            ],
        ]
    }

    /// Returns the key in a secret of the form `whsec_` and the base64 of 24 to 64 bytes.
    static func key(_ text: consuming Secret) throws(MintError) -> Secret {
        let malformed = MintError(
            .stateUnusable, "the webhook's secret is not whsec_ and the base64 of 24 to 64 bytes")
        let prefix = "whsec_"
        let decoded = text.reveal { span -> Secret? in
            guard span.count > prefix.utf8.count, span.equals(prefix, in: 0..<prefix.utf8.count) else { return nil }
            return Secret(decodingBase64: span.extracting(prefix.utf8.count...))
        }
        guard let key = decoded else { throw malformed }
        guard (24...64).contains(key.byteCount) else { throw malformed }
        return key
    }
}
