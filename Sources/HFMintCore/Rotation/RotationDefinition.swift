/// One rotation as the manifest defines it.
package struct RotationDefinition: Sendable {
    package let name: String
    package let issuer: any Issuer
    package let verifier: (any Verifier)?
    package let sinks: [any Sink]
    /// Targets that may be made where nothing is there yet.
    package let creatable: Set<String>
    package let callbacks: [CallbackEndpoint]
    package let schedule: Schedule?
    /// How long the old secret stays alive beside the new one, in seconds.
    package let overlap: Int
    /// Whether the issuer's yes counts as proof that the old secret is dead.
    package let acceptsUnprovenDeath: Bool
    /// Of the client, the sinks and the endpoints: a run finishes with those that it began with.
    package let digest: String
    /// What it needs on this machine, and the folder from which relative paths count.
    var needs: [RotationNeed] = []
    var folder = ""

    package init(
        name: String, issuer: any Issuer, verifier: (any Verifier)?, sinks: [any Sink],
        creatable: Set<String> = [], callbacks: [CallbackEndpoint] = [], schedule: Schedule? = nil,
        overlap: Int = 86_400,
        acceptsUnprovenDeath: Bool = false, digest: String
    ) {
        self.name = name
        self.issuer = issuer
        self.verifier = verifier
        // Those that can be read back first: they can give the value again if we lose it.
        self.sinks = sinks.filter(\.isReadable) + sinks.filter { !$0.isReadable }
        self.creatable = creatable
        self.callbacks = callbacks
        self.schedule = schedule
        self.overlap = overlap
        self.acceptsUnprovenDeath = acceptsUnprovenDeath
        self.digest = digest
    }
}
