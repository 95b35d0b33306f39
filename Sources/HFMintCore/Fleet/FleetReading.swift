/// What the Hub shows of everything that a definition names.
package struct FleetReading: Equatable, Sendable {
    /// As ``FleetDefinition/spaces``, in the same order.
    package var spaces: [SpaceReading]
    /// As ``FleetDefinition/endpoints``, in the same order.
    package var endpoints: [EndpointReading]
    /// The listed Spaces of the same owners that the definition does not name: `spaces/acme/old`.
    package var others: [String]
    /// What could not be listed whole, with the reason; then nothing may be taken for absent.
    package var unlisted: [String]

    package init(
        spaces: [SpaceReading] = [], endpoints: [EndpointReading] = [], others: [String] = [], unlisted: [String] = []
    ) {
        self.spaces = spaces
        self.endpoints = endpoints
        self.others = others
        self.unlisted = unlisted
    }

    /// Whether anything of it could not be read.
    package var isPartial: Bool {
        !unlisted.isEmpty
            || spaces.contains { space in
                switch space {
                case .there(let state): state.secrets.isUnreadable || state.variables.isUnreadable
                case .unreadable: true
                case .missing, .renamed: false
                }
            }
            || endpoints.contains { if case .unreadable = $0 { true } else { false } }
    }
}

extension Reading {
    package var isUnreadable: Bool { if case .unreadable = self { true } else { false } }
}
