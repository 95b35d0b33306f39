/// A secret's value, with the issuer's time at which it was current.
struct CurrentSecret {
    let value: SharedSecret
    let date: Timestamp?
}

/// A secret that an issuer has, whose value it may no longer show.
struct FoundSecret {
    let value: SharedSecret?
}

extension JSONNode {
    /// Returns an issuer's id of a secret: short, visible ASCII, as it is printed, journalled and put into paths.
    func identifier(in span: Span<UInt8>) -> String? {
        guard let bytes = string(in: span), (1...255).contains(bytes.count), bytes.allSatisfy(\.isASCIIVisible) else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Returns a client secret, or nil if it is empty, or longer than any issuer makes one.
    func clientSecret(in span: Span<UInt8>) -> SharedSecret? {
        guard let secret = secret(in: span), (1...4_096).contains(secret.byteCount) else { return nil }
        return SharedSecret(secret)
    }

    /// Returns a time such as `2026-11-21T03:04:05Z`.
    func moment(in span: Span<UInt8>) -> Timestamp? { text(in: span).flatMap { Timestamp(internetDate: $0) } }
}

/// Returns the text if it is a marker of hfmint, `hfmint:<rotation>:<run>`, or nil for other people's words.
func marker(_ text: String?) -> String? {
    text.flatMap { $0.utf8.starts(with: "hfmint:".utf8) ? $0 : nil }
}
