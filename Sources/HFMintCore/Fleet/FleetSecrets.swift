/// The secrets of a fleet: their values, each read once from the source that its reference names, and what is known of
/// them beside what the Hub shows, which is a digest of the value, and this machine's record of its writes.
///
/// A plan and its application take it from here, so that both find the same. A secret with `rotation: NAME` has no
/// value here, as no rotation keeps one: its own `hub-space` sink writes it, and the fleet compares what the Hub shows.
///
/// ```swift
/// let secrets = try FleetSecrets(fleet, record, in: context)
/// let differences = compare(space, reading) { secrets.proof(of: $0, of: space) }
/// ```
package struct FleetSecrets: Sendable {
    private let record: FleetRecord
    private var values: [Place: Result<SharedSecret, MintError>] = [:]
    /// Those that cannot be read, a line each.
    private var problems: [(line: String, error: MintError)] = []
    private var digests: [Place: String] = [:]

    private struct Place: Hashable {
        let resource: String
        let name: String
    }

    private struct Source: Hashable {
        let reference: SecretReference
        let folder: String
    }

    /// Reads the values of all secrets, if the fleet has a key; a value that cannot be read is a problem of its secret
    /// alone.
    ///
    /// - Throws: ``MintError/Code/stateUnusable`` if the key cannot be used; ``MintError/Code/libraryMissing``.
    package init(_ fleet: FleetDefinition, _ record: FleetRecord, in context: Context) throws(MintError) {
        let all = fleet.key == nil ? [] : fleet.resources.map { (resource: $0.canonical, secrets: $0.secrets) }
        try self.init(fleet, record, all, in: context)
    }

    /// - Parameter wanted: the secrets of which anything is asked later.
    init(
        _ fleet: FleetDefinition, _ record: FleetRecord,
        _ wanted: [(resource: String, secrets: [SecretDefinition])], in context: Context
    ) throws(MintError) {
        self.record = record
        var read: [Source: Result<SharedSecret, MintError>] = [:]
        for (resource, secrets) in wanted {
            for secret in secrets {
                guard case .reference(let reference, let folder) = secret.origin else { continue }
                let source = Source(reference: reference, folder: folder)
                let result = read[source] ?? Self.read(reference, folder, in: context)
                read[source] = result
                values[Place(resource: resource, name: secret.name)] = result
                if case .failure(let error) = result {
                    problems.append(("\(resource) secrets.\(secret.name): \(error.message)", error))
                }
            }
        }
        guard let key = try SpaceMark.key(of: fleet, in: context) else { return }
        for (place, result) in values {
            guard case .success(let value) = result else { continue }
            digests[place] = try SpaceMark.digest(
                of: value.secret, name: place.name, in: place.resource, key: key.secret, by: context.machine)
        }
    }

    /// Checks that each value could be read.
    ///
    /// - Throws: ``MintError/Code/stateUnusable``, or ``MintError/Code/serviceUnavailable`` if all that is missing may
    ///   be there later, with a line for each. Then nothing must be written.
    func check() throws(MintError) {
        guard let first = problems.first?.error else { return }
        let worst = problems.first { $0.error.code.exitStatus != .retryLater }?.error ?? first
        throw MintError(
            worst.code, "nothing was written, as not every secret can be read: \(worst.message)",
            details: problems.map(\.line), hint: worst.hint)
    }

    /// Returns the value of a secret, or nil if there is none here.
    func value(of secret: String, in resource: String) -> SharedSecret? {
        try? values[Place(resource: resource, name: secret)]?.get()
    }

    /// Returns what is known of a secret of a Space.
    package func proof(of secret: String, of space: SpaceDefinition) -> ProofOfSecret {
        let place = Place(resource: space.canonical, name: secret)
        return ProofOfSecret(
            digest: digests[place], version: space.secrets.first { $0.name == secret }?.version,
            lastWrite: record.lastWrite(of: secret, in: place.resource), problem: problem(of: place))
    }

    /// Returns what is known of all secrets of an endpoint together, as they are written together.
    package func proof(of endpoint: EndpointDefinition) -> ProofOfSecret {
        let secrets = endpoint.writtenSecrets
        let places = secrets.map { Place(resource: endpoint.canonical, name: $0.name) }
        let found = places.compactMap { digests[$0] }
        let versions = secrets.compactMap { secret in secret.version.map { "\(secret.name)=\($0)" } }.sorted()
        return ProofOfSecret(
            digest: found.isEmpty || found.count < places.count ? nil : SpaceMark.digest(joining: found),
            version: versions.isEmpty ? nil : versions.joined(separator: ","),
            lastWrite: record.lastWrite(of: EndpointDefinition.secretsPath, in: endpoint.canonical),
            problem: places.lazy.compactMap { problem(of: $0) }.first)
    }

    private func problem(of place: Place) -> String? {
        if case .failure(let error)? = values[place] { error.message } else { nil }
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

    private static func read(
        _ reference: SecretReference, _ folder: String, in context: Context
    ) -> Result<SharedSecret, MintError> {
        do throws(MintError) {
            let value = try reference.read(.key, relativeTo: folder, in: context)
            let complaint = value.reveal { text -> String? in
                if text.indices.contains(where: { text[$0] == 0 }) { return "has a NUL in it" }
                return (try? UTF8Span(validating: text)) == nil ? "is not UTF-8" : nil
            }
            guard let complaint else { return .success(SharedSecret(value)) }
            return .failure(
                MintError(
                    .stateUnusable, "\(reference.source) \(complaint)", hint: "an app gets it as a variable: text alone"
                ))
        } catch {
            return .failure(error)
        }
    }
}

extension SecretDefinition {
    /// The rotation that writes it, or nil if it has a reference.
    package var rotation: String? { if case .rotation(let name) = origin { name } else { nil } }
}
