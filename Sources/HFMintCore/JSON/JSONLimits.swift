/// The limits beyond which a JSON text is refused.
package struct JSONLimits: Sendable {
    package let byteCount: Int
    package let depth: Int
    package let nodeCount: Int

    /// For a server's answer, and for the claims of an ID token.
    package static let answer = JSONLimits(byteCount: 64 << 10, depth: 32, nodeCount: 8_192)
    /// For a token's record in the job's directory, which holds an answer and the claims for which it was given.
    package static let record = JSONLimits(byteCount: 256 << 10, depth: 32, nodeCount: 8_192)
    /// For a manifest, which a person writes.
    package static let manifest = JSONLimits(byteCount: 16 << 20, depth: 32, nodeCount: 1_000_000)
    /// For the event that started a job, as its CI system writes it.
    package static let event = JSONLimits(byteCount: 8 << 20, depth: 64, nodeCount: 200_000)
}
