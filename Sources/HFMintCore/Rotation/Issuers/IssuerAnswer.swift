extension JSONNode {
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
