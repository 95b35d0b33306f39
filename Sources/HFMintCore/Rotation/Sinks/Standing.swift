/// What has become of a secret that was written to a sink.
package enum Standing: String, Equatable, Sendable {
    case same
    /// Somebody else has written the sink.
    case changed
    /// The sink is empty.
    case gone
    /// The sink shows nothing that tells one value from another.
    case notShown = "not-shown"
}

extension Sighting {
    /// Returns what has become of the secret that was delivered.
    ///
    /// - Parameters:
    ///   - evidence: what the sink showed when it was written.
    ///   - sha256: the digest of the delivered value, in hexadecimal.
    ///   - digest: returns the same digest of the value that the sink shows now.
    func standing<Failure: Error>(
        since evidence: Evidence, sha256: String, digest: (SharedSecret) throws(Failure) -> String
    ) throws(Failure) -> Standing {
        guard presence != .absent else { return .gone }
        if let value {
            let found = Secret(copying: try digest(value).utf8)
            return found.holdsSameBytes(as: Secret(copying: sha256.utf8)) ? .same : .changed
        }
        guard let mark, let detail = evidence.detail else { return .notShown }
        return mark.utf8.elementsEqual(detail.utf8) ? .same : .changed
    }
}

extension Sink {
    /// Returns whether ``look()`` shows that somebody else has written the sink after this evidence.
    package func showsChange(since evidence: Evidence) -> Bool {
        showsChange && !(evidence.kind == .accepted && evidence.detail == nil)
    }
}
