/// A rotation as the manifest defines it.
package struct RotationDefinition: Sendable {
    package let name: String
    package let issuer: any Issuer
    package let verifier: (any Verifier)?
    package let sinks: [any Sink]
    /// The targets that hfmint may make if they do not exist.
    package let creatable: Set<String>
    package let callbacks: [CallbackEndpoint]
    let schedule: Schedule?
    /// How long the old secret stays alive beside the new one, in seconds.
    package let overlap: Int
    /// Whether the issuer's acceptance of a removal counts as proof that the old secret is dead.
    let acceptsUnprovenDeath: Bool
    /// Identifies the client, the sinks and the endpoints, which must stay the same during a run.
    package let digest: String
    /// What the rotation needs on this machine.
    var needs: [RotationNeed] = []
    /// The folder of the manifest, from which relative paths count.
    var folder = ""

    init(
        name: String, issuer: any Issuer, verifier: (any Verifier)?, sinks: [any Sink],
        creatable: Set<String> = [], callbacks: [CallbackEndpoint] = [], schedule: Schedule? = nil,
        overlap: Int = 86_400, acceptsUnprovenDeath: Bool = false, digest: String
    ) {
        self.name = name
        self.issuer = issuer
        self.verifier = verifier
        // Readable sinks are written first, as they can give a lost value back.
        self.sinks = sinks.filter(\.isReadable) + sinks.filter { !$0.isReadable }
        self.creatable = creatable
        self.callbacks = callbacks
        self.schedule = schedule
        self.overlap = overlap
        self.acceptsUnprovenDeath = acceptsUnprovenDeath
        self.digest = digest
    }
}
