/// What has become of a secret that a sink was given.
package enum Standing: String, Equatable, Sendable {
    case same
    /// Somebody else has written the sink since.
    case changed
    /// Nothing is there any more.
    case gone
    /// The sink shows nothing by which one value could be told from another.
    case notShown = "not-shown"
}

extension Sighting {
    /// Whether this is still what was delivered.
    ///
    /// - Parameters:
    ///   - evidence: what the sink showed when it was written.
    ///   - sha256: of the value that was written.
    package func standing(
        since evidence: Evidence, sha256: String, _ digests: any Digests
    ) throws(MintError) -> Standing {
        guard presence != .absent else { return .gone }
        if let value {
            let found = Secret(copying: try digests.sha256(value.secret).hexadecimal.utf8)
            return found.holdsSameBytes(as: Secret(copying: sha256.utf8)) ? .same : .changed
        }
        guard let mark, let detail = evidence.detail else { return .notShown }
        return mark.utf8.elementsEqual(detail.utf8) ? .same : .changed
    }
}

extension Sink {
    /// Whether ``look()`` will tell if somebody else writes the sink after this evidence was given.
    package func showsChange(since evidence: Evidence) -> Bool {
        showsChange && !(evidence.kind == .accepted && evidence.detail == nil)
    }
}
