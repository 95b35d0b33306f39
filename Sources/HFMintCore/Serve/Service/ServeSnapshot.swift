/// What one reading of the manifest gave: all that a decision goes by, unchanged until the next reading.
package final class ServeSnapshot: Sendable {
    package let point: DecisionPoint
    /// The keys of tickets, or nil if the Hub's own tokens are handed out.
    package let tickets: TicketKeys?
    /// A fingerprint of the manifest, for logs.
    package let digest: String

    package init(point: DecisionPoint, tickets: TicketKeys?, digest: String) {
        self.point = point
        self.tickets = tickets
        self.digest = digest
    }
}

extension ServeSnapshot {
    /// Reads the keys of tickets that a manifest names.
    convenience init(_ point: DecisionPoint, in context: Context) throws(MintError) {
        let definition = point.definition
        let tickets = try definition.tickets.map { tickets throws(MintError) in
            try TicketKeys(reading: tickets, folder: definition.folder, in: context)
        }
        self.init(point: point, tickets: tickets, digest: point.policy.digest)
    }
}
