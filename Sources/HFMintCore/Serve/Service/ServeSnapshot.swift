/// What one reading of the manifest gave: a request is answered by one of these from beginning to end.
package struct ServeSnapshot: Sendable {
    package let point: DecisionPoint
    /// The keys of tickets, or nil if the Hub's own tokens are handed out.
    package let tickets: TicketKeys?
    /// The digest of the manifest.
    package let digest: String
}
