/// Something that those who depend on a secret are told, with how far the telling has come.
package struct CallbackEvent: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case rotationStarted = "rotation.started"
        case secretCreated = "secret.created"
        case secretDelivered = "secret.delivered"
        case secretRevoking = "secret.revoking"
        case secretRevoked = "secret.revoked"
        case rotationFailed = "rotation.failed"
        case rotationAttention = "rotation.attention"
    }

    /// The same over all tries and all endpoints, so that a receiver knows a repetition.
    package let id: String
    /// The run of its rotation that it belongs to.
    package let run: Int
    package let kind: Kind
    package let at: Timestamp
    /// The new secret, or the one that goes; by id.
    package let secretID: String?
    /// The old secret works until then at the least.
    package let notBefore: Timestamp?
    package var deliveries: [Delivery]

    package struct Delivery: Equatable, Sendable {
        package enum Status: String, Sendable {
            case pending
            case delivered
            /// The endpoint said 410: it wants no more.
            case closed
            /// A person decided not to wait for its agreement.
            case waived
            /// Its tries are used up.
            case failed
        }

        package let url: String
        package var status: Status
        package var attempts: Int
        package var dueAt: Timestamp
        /// What came of the last try, as a clause; `nil` where it was heard.
        package var problem: String?
    }
}
