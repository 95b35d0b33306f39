/// An event of a rotation, with the state of its delivery to each endpoint.
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

    /// The same for all tries and endpoints, so that a receiver recognises a repetition.
    package let id: String
    /// The number of the run.
    package let run: Int
    package let kind: Kind
    package let at: Timestamp
    /// The id of the secret that was made, delivered or revoked.
    package let secretID: String?
    /// The moment before which the old secret is not revoked.
    package let notBefore: Timestamp?
    package var deliveries: [Delivery]

    package struct Delivery: Equatable, Sendable {
        package enum Status: String, Sendable {
            case pending
            case delivered
            /// The endpoint answered 410, and wants no more events.
            case closed
            /// A person decided that the endpoint need not agree.
            case waived
            /// The last try has failed.
            case failed
        }

        package let url: String
        package var status: Status
        /// How often the event was sent.
        package var tries: Int
        package var dueAt: Timestamp
        /// Why the last try failed, as a clause.
        package var problem: String?
    }
}
