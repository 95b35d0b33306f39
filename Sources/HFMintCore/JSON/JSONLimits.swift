/// How large a JSON text may be before it is refused.
package struct JSONLimits: Sendable {
    package let byteCount: Int
    package let depth: Int
    package let nodeCount: Int

    /// What a server answers, and what an ID token claims.
    package static let answer = JSONLimits(byteCount: 64 << 10, depth: 32, nodeCount: 8_192)
    /// What the job's directory keeps of a token: an answer, and the claims that it was given for.
    package static let record = JSONLimits(byteCount: 256 << 10, depth: 32, nodeCount: 8_192)
    /// What a person wrote.
    package static let manifest = JSONLimits(byteCount: 16 << 20, depth: 32, nodeCount: 1_000_000)
    /// What a CI system writes about the event that started a job.
    package static let event = JSONLimits(byteCount: 8 << 20, depth: 64, nodeCount: 200_000)
}
