/// The values of the secrets that a fleet writes, all of them read before the first write.
///
/// A value exists in the source that its reference names. A secret with `rotation: NAME` has none here: no rotation
/// keeps a value, so that the rotation's own `hub-space` sink writes it, and the fleet only compares what it shows.
package struct FleetSecrets: Sendable {
    private let values: [Place: SharedSecret]

    private struct Place: Hashable {
        let resource: String
        let name: String
    }

    private struct Source: Hashable {
        let reference: SecretReference
        let folder: String
    }

    /// Reads the value of every secret in `wanted`, each source once.
    ///
    /// - Parameter wanted: the names of the secrets to be written, by the resource: `spaces/acme/chat`.
    /// - Throws: ``MintError/Code/stateUnusable``, or ``MintError/Code/serviceUnavailable`` if all that is missing may
    ///   be there later, with a line for each that cannot be read. Then nothing must be written.
    package init(
        _ wanted: [(resource: String, secrets: [SecretDefinition])], in context: Context
    ) throws(MintError) {
        var values: [Place: SharedSecret] = [:]
        var read: [Source: Result<SharedSecret, MintError>] = [:]
        var failures: [(line: String, error: MintError)] = []
        for (resource, secrets) in wanted {
            for secret in secrets {
                guard case .reference(let reference, let folder) = secret.origin else { continue }
                let source = Source(reference: reference, folder: folder)
                let result = read[source] ?? Self.read(reference, folder, in: context)
                read[source] = result
                switch result {
                case .success(let value): values[Place(resource: resource, name: secret.name)] = value
                case .failure(let error): failures.append(("\(resource) secrets.\(secret.name): \(error.message)", error))
                }
            }
        }
        if let first = failures.first?.error {
            let code = failures.first { $0.error.code.exitStatus != .retryLater }?.error.code ?? first.code
            throw MintError(
                code, "nothing was written, as not every secret can be read: \(first.message)",
                details: failures.map(\.line), hint: first.hint)
        }
        self.values = values
    }

    /// Returns the value of a secret, or nil if it was not wanted, or a rotation writes it.
    package func value(of secret: String, in resource: String) -> SharedSecret? {
        values[Place(resource: resource, name: secret)]
    }

    /// Reads the value that a reference names, as it is written and as its mark is made.
    ///
    /// - Parameter folder: of the manifest that names it.
    /// - Throws: as `SecretReference.read`, also for bytes that no variable of a process can hold.
    package static func value(
        of reference: SecretReference, relativeTo folder: String, in context: Context
    ) throws(MintError) -> SharedSecret {
        let value = try reference.read(.key, relativeTo: folder, in: context)
        let complaint = value.reveal { text -> String? in
            if text.indices.contains(where: { text[$0] == 0 }) { return "has a NUL in it" }
            return (try? UTF8Span(validating: text)) == nil ? "is not UTF-8" : nil
        }
        if let complaint {
            throw MintError(
                .stateUnusable, "\(reference.source) \(complaint)", hint: "a Space gets it as a variable: text alone")
        }
        return SharedSecret(value)
    }

    private static func read(
        _ reference: SecretReference, _ folder: String, in context: Context
    ) -> Result<SharedSecret, MintError> {
        do throws(MintError) {
            return .success(try value(of: reference, relativeTo: folder, in: context))
        } catch {
            return .failure(error)
        }
    }
}

extension FleetDefinition {
    /// Checks that each secret with `rotation: NAME` is one that this rotation writes.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` with a line for each that no sink of its rotation writes.
    package func checkRotations(_ rotations: [RotationDefinition]) throws(MintError) {
        let ofSpaces = spaces.flatMap { space in
            space.secrets.compactMap { $0.problem(of: space.resource, rotations) }
        }
        let ofEndpoints = endpoints.flatMap { endpoint in
            endpoint.secrets.compactMap { secret in
                secret.rotation.map { _ in
                    "\(endpoint.resource) secrets.\(secret.name): no rotation writes a secret of an endpoint"
                }
            }
        }
        guard let first = (ofSpaces + ofEndpoints).first else { return }
        throw MintError(
            .manifestInvalid, "a secret of a rotation would never be written: \(first)",
            details: ofSpaces + ofEndpoints,
            hint: "give the rotation a sink of kind hub-space with that Space and that name: no rotation keeps a value")
    }
}

extension SecretDefinition {
    /// The rotation that writes it, or nil if it has a reference.
    package var rotation: String? { if case .rotation(let name) = origin { name } else { nil } }

    fileprivate func problem(of space: Resource, _ rotations: [RotationDefinition]) -> String? {
        guard let rotation else { return nil }
        let place = "\(space.canonical) secrets.\(name)"
        guard let definition = rotations.first(where: { $0.name.utf8.elementsEqual(rotation.utf8) }) else {
            return "\(place): there is no rotation '\(rotation)'"
        }
        // The name of a sink of kind hub-space: `hub-space:`, a base if it is not the public one, and this.
        let end = Array("\("\(space.namespace)/\(space.name)".asciiLowercased)/\(name)".utf8)
        let isWritten = definition.sinks.contains { sink in
            let target = Array(sink.target.utf8)
            return target.starts(with: "\(HubSpaceSink.kind.name):".utf8) && target.count > end.count
                && target.suffix(end.count).elementsEqual(end)
                && [ASCII.colon, ASCII.slash].contains(target[target.count - end.count - 1])
        }
        return isWritten ? nil : "\(place): no sink of rotation '\(rotation)' writes it"
    }
}
