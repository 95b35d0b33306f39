/// A choice among the records of a log; an empty list chooses all.
package struct AuditQuery: Sendable {
    /// Whole names, or the part before the dot.
    package var events: [String] = []
    package var decisions: [String] = []
    package var roles: [String] = []
    package var resources: [String] = []
    /// Subjects or issuers.
    package var actors: [String] = []
    /// Digests of tokens, or the beginning of one.
    package var tokens: [String] = []
    package var since: Timestamp?
    package var until: Timestamp?

    package init() {}

    package func matches(_ entry: AuditEntry) -> Bool {
        isAmong(events, entry.event) { entry.event.utf8.starts(with: "\($0).".utf8) }
            && isAmong(decisions, entry.decision) && isAmong(roles, entry.role) && isAmong(resources, entry.resource)
            && isAmong(actors, entry.subject) { entry.issuer?.utf8.elementsEqual($0.utf8) ?? false }
            && isAmong(tokens, entry.tokenSHA256) { entry.tokenSHA256?.utf8.starts(with: $0.utf8) ?? false }
            // Times in UTC and in one form are ordered as their bytes are.
            && (since.map { entry.time >= $0.rfc3339 } ?? true) && (until.map { entry.time < $0.rfc3339 } ?? true)
    }

    private func isAmong(_ wanted: [String], _ value: String?, or isOther: (String) -> Bool = { _ in false }) -> Bool {
        wanted.isEmpty || wanted.contains { ($0.utf8.elementsEqual((value ?? "").utf8) && value != nil) || isOther($0) }
    }
}
