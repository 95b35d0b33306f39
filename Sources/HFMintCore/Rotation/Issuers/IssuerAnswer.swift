extension HTTPResponse {
    /// Lends the body as JSON.
    ///
    /// - Parameter kind: what an answer means that cannot be read; after a call that acts once it is `ambiguous`.
    /// - Throws: where the body is no JSON, or `body` finds in it what the API does not say (`nil`).
    borrowing func reading<Result: ~Copyable>(
        _ api: String, else kind: StepFailure.Kind = .transient(retryAfterSeconds: nil),
        _ body: (JSONNode, Span<UInt8>) throws(StepFailure) -> Result?
    ) throws(StepFailure) -> Result {
        try self.body.reveal { (text) throws(StepFailure) -> Result in
            // As large as the body was allowed to be.
            if let root = try? readJSON(text, limits: .event), let result = try body(root, text) { return result }
            throw StepFailure(kind, "\(api): the answer is not one that it gives")
        }
    }
}

extension JSONNode {
    /// A string that is not secret.
    func text(in span: Span<UInt8>) -> String? { string(in: span).map { String(decoding: $0, as: UTF8.self) } }

    /// A name that an issuer gave to a secret: short and visible, as it is printed, journalled, and put into paths.
    func identifier(in span: Span<UInt8>) -> String? {
        guard let bytes = string(in: span), (1...255).contains(bytes.count), bytes.allSatisfy(\.isASCIIVisible) else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A client secret: not empty, and no longer than any issuer makes one.
    func clientSecret(in span: Span<UInt8>) -> SharedSecret? {
        guard let secret = secret(in: span), (1...4_096).contains(secret.byteCount) else { return nil }
        return SharedSecret(secret)
    }

    /// `2026-11-21T03:04:05Z`.
    func moment(in span: Span<UInt8>) -> Timestamp? { text(in: span).flatMap { Timestamp(internetDate: $0) } }
}

extension Context {
    /// Of a client secret, as the journal knows it.
    func sha256(_ secret: borrowing Secret, for api: String) throws(StepFailure) -> String {
        do throws(MintError) {
            return try digests.sha256(secret).hexadecimal
        } catch {
            throw StepFailure(.refused, "\(api): \(error.message)")
        }
    }
}

/// Every secret of ours is marked `hfmint:<rotation>:<run>`; other people's words are not taken for a marker.
func marker(_ text: String?) -> String? {
    text.flatMap { $0.utf8.starts(with: "hfmint:".utf8) ? $0 : nil }
}
