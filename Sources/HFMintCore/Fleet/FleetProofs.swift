/// What is known of the secrets of a fleet beside what the Hub shows: digests of their values, and this machine's
/// record of its writes.
///
/// A plan and its application take it from here, so that both find the same.
///
/// ```swift
/// let proofs = try FleetProofs(fleet, record, in: context)
/// let differences = compare(space, reading) { proofs.proof(of: $0, of: space) }
/// ```
package struct FleetProofs: Sendable {
    private let record: FleetRecord
    private let digests: [String: String]
    private let problems: [String: String]

    /// Reads the values of all secrets, if the fleet has a key; a value that cannot be read is a problem of its secret
    /// alone.
    ///
    /// - Throws: ``MintError/Code/stateUnusable`` if the key cannot be used; ``MintError/Code/libraryMissing``.
    package init(_ fleet: FleetDefinition, _ record: FleetRecord, in context: Context) throws(MintError) {
        let all = fleet.key == nil ? [] : fleet.resources.map { (resource: $0.canonical, secrets: $0.secrets) }
        try self.init(fleet, record, all, FleetSecrets(all, in: context), context)
    }

    /// - Parameters:
    ///   - wanted: the secrets of which anything is asked later.
    ///   - secrets: their values.
    init(
        _ fleet: FleetDefinition, _ record: FleetRecord,
        _ wanted: [(resource: String, secrets: [SecretDefinition])], _ secrets: FleetSecrets, _ context: Context
    ) throws(MintError) {
        var digests: [String: String] = [:]
        var problems: [String: String] = [:]
        if let key = try SpaceMark.key(of: fleet, in: context) {
            for (resource, definitions) in wanted {
                for name in definitions.map(\.name) {
                    let place = Self.place(name, resource)
                    problems[place] = secrets.problem(of: name, in: resource)
                    guard let value = secrets.value(of: name, in: resource) else { continue }
                    digests[place] = try SpaceMark.digest(
                        of: value.secret, name: name, in: resource, key: key.secret, by: context.machine)
                }
            }
        }
        self.record = record
        self.digests = digests
        self.problems = problems
    }

    /// Returns what is known of a secret of a Space.
    package func proof(of secret: String, of space: SpaceDefinition) -> ProofOfSecret {
        let resource = space.canonical
        let place = Self.place(secret, resource)
        return ProofOfSecret(
            digest: digests[place], version: space.secrets.first { $0.name == secret }?.version,
            lastWrite: record.lastWrite(of: secret, in: resource), problem: problems[place])
    }

    /// Returns what is known of all secrets of an endpoint together, as they are written together.
    package func proof(of endpoint: EndpointDefinition) -> ProofOfSecret {
        let resource = endpoint.canonical
        let secrets = endpoint.writtenSecrets
        let found = secrets.compactMap { digests[Self.place($0.name, resource)] }
        let versions = secrets.compactMap { secret in secret.version.map { "\(secret.name)=\($0)" } }.sorted()
        return ProofOfSecret(
            digest: found.isEmpty || found.count < secrets.count ? nil : SpaceMark.digest(joining: found),
            version: versions.isEmpty ? nil : versions.joined(separator: ","),
            lastWrite: record.lastWrite(of: EndpointDefinition.secretsPath, in: resource),
            problem: secrets.lazy.compactMap { problems[Self.place($0.name, resource)] }.first)
    }

    /// Compares all that is declared with what was found.
    ///
    /// - Parameter reading: of this definition.
    package func comparison(of fleet: FleetDefinition, with reading: FleetReading) -> [Difference] {
        let ofSpaces = zip(fleet.spaces, reading.spaces).flatMap { space, found in
            compare(space, found) { proof(of: $0, of: space) }
        }
        let ofEndpoints = zip(fleet.endpoints, reading.endpoints).flatMap { endpoint, found in
            compare(endpoint, found) { proof(of: endpoint) }
        }
        return ofSpaces + ofEndpoints
    }

    private static func place(_ name: String, _ resource: String) -> String { "\(resource)\0\(name)" }
}
