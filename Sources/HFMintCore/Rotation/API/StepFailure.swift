/// Why one step of a rotation did not do what it should, sorted by what may be done next.
package struct StepFailure: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// Nothing happened, and the same step may work in a moment.
        case transient(retryAfterSeconds: Int?)
        /// Nobody knows whether it happened: the world must be asked before it is repeated.
        case ambiguous
        /// Nothing happened, and the same step will be refused again.
        case refused
    }

    package let kind: Kind
    /// Lower case, names the place and what was asked of it, and of what it said no more than its code.
    package let message: String
    /// How long to leave the server alone, where it may have acted.
    let retryAfterSeconds: Int?

    package init(_ kind: Kind, _ message: String, retryAfterSeconds: Int? = nil) {
        self.kind = kind
        self.message = message
        self.retryAfterSeconds = if case .transient(let seconds) = kind { seconds } else { retryAfterSeconds }
    }
}
