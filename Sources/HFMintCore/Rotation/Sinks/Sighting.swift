/// What a sink shows at one moment.
package struct Sighting: Sendable {
    package enum Presence: String, Sendable {
        case there
        /// Nothing is there; a write would make it.
        case absent
        /// The sink does not say.
        case unknown
    }

    let presence: Presence
    /// The value in use, if the sink shows it.
    let value: SharedSecret?
    /// The other secrets of a list.
    let beside: [SharedSecret]
    /// The version or the time of the last change, as in ``Evidence/detail``.
    let mark: String?

    init(_ presence: Presence, value: SharedSecret? = nil, beside: [SharedSecret] = [], mark: String? = nil) {
        self.presence = presence
        self.value = value
        self.beside = beside
        self.mark = mark
    }

    /// Every secret that the sink shows.
    var held: [SharedSecret] { [value].compactMap(\.self) + beside }

    /// Makes the sighting of a sink that shows its value, which is nil if nothing is there.
    init(showing value: consuming Secret?) {
        if let value {
            self.init(.there, value: SharedSecret(value))
        } else {
            self.init(.absent)
        }
    }
}
