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
    package var id = ""
    /// The number of the run.
    package var run = 0
    package var kind = Kind.rotationStarted
    package var at = Timestamp(secondsSince1970: 0)
    /// The id of the secret that was made, delivered or revoked.
    package var secretID: String?
    /// The moment before which the old secret is not revoked.
    package var notBefore: Timestamp?
    package var deliveries: [Delivery] = []

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

        package var url = ""
        package var status = Status.pending
        /// How often the event was sent.
        package var tries = 0
        package var dueAt = Timestamp(secondsSince1970: 0)
        /// Why the last try failed, as a clause.
        package var problem: String?
    }
}
