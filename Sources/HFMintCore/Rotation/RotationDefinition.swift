/// A rotation as the manifest defines it.
package struct RotationDefinition: Sendable {
    package let name: String
    package let issuer: any Issuer
    package let verifier: (any Verifier)?
    package let sinks: [any Sink]
    /// Those of the sinks that hold several secrets.
    let lists: [SecretListSink]
    /// The targets that hfmint may make if they do not exist.
    package let creatable: Set<String>
    package let callbacks: [CallbackEndpoint]
    let schedule: Schedule?
    package var listCount: Int { lists.count }
    /// How long every list has the new secret before it is used, in seconds.
    package let lead: Int
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
        lead: Int = 600, overlap: Int = 86_400, acceptsUnprovenDeath: Bool = false, digest: String
    ) {
        self.name = name
        self.issuer = issuer
        self.verifier = verifier
        // Readable sinks are written first, as they can give a lost value back.
        self.sinks = sinks.filter(\.isReadable) + sinks.filter { !$0.isReadable }
        lists = sinks.compactMap { $0 as? SecretListSink }
        self.creatable = creatable
        self.callbacks = callbacks
        self.schedule = schedule
        self.lead = lead
        self.overlap = overlap
        self.acceptsUnprovenDeath = acceptsUnprovenDeath
        self.digest = digest
    }
}
