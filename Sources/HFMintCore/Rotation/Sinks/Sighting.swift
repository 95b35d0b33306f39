/// What a sink shows at one moment; to look changes nothing.
package struct Sighting: Sendable {
    package enum Presence: String, Sendable {
        case there
        /// Nothing is there: a write would make it.
        case absent
        /// The sink does not say.
        case unknown
    }

    package let presence: Presence
    /// What it holds, where it shows that.
    package let value: SharedSecret?
    /// Its version, or the time of its last change, as ``Sink/write(_:idempotencyKey:)`` told it.
    package let mark: String?

    package init(_ presence: Presence, value: SharedSecret? = nil, mark: String? = nil) {
        self.presence = presence
        self.value = value
        self.mark = mark
    }

    /// Of a sink that shows the value of whatever is there.
    package init(showing value: consuming Secret?) {
        if let value {
            self.init(.there, value: SharedSecret(value))
        } else {
            self.init(.absent)
        }
    }
}
