/// What the Hub shows of everything that a definition names.
package struct FleetReading: Equatable, Sendable {
    /// As ``FleetDefinition/spaces``, in the same order.
    package let spaces: [SpaceReading]
    /// As ``FleetDefinition/endpoints``, in the same order.
    package let endpoints: [EndpointReading]
    /// The owners whose Spaces could not be listed, each with the reason.
    package let unlisted: [String]
}
