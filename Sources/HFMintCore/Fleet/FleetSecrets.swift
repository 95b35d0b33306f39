/// The values of the secrets of a fleet, each read once from the source that its reference names.
///
/// A secret with `rotation: NAME` has none here: no rotation keeps a value, so that the rotation's own `hub-space` sink
/// writes it, and the fleet only compares what the Hub shows.
///
/// ```swift
/// let secrets = FleetSecrets([(space.canonical, space.secrets)], in: context)
/// try secrets.check()
/// ```
package struct FleetSecrets: Sendable {
    private let values: [Place: Result<SharedSecret, MintError>]
    /// Those that cannot be read, a line each.
    private let problems: [(line: String, error: MintError)]

    private struct Place: Hashable {
        let resource: String
        let name: String
    }

    private struct Source: Hashable {
        let reference: SecretReference
        let folder: String
    }

    /// Reads the values.
    ///
    /// - Parameter wanted: the secrets that are needed, by the resource: `spaces/acme/chat`.
    package init(_ wanted: [(resource: String, secrets: [SecretDefinition])], in context: Context) {
        var values: [Place: Result<SharedSecret, MintError>] = [:]
        var read: [Source: Result<SharedSecret, MintError>] = [:]
        var problems: [(line: String, error: MintError)] = []
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
        self.values = values
        self.problems = problems
    }

    /// Checks that each value could be read.
    ///
    /// - Throws: ``MintError/Code/stateUnusable``, or ``MintError/Code/serviceUnavailable`` if all that is missing may
    ///   be there later, with a line for each. Then nothing must be written.
    package func check() throws(MintError) {
        guard let first = problems.first?.error else { return }
        let worst = problems.first { $0.error.code.exitStatus != .retryLater }?.error ?? first
        throw MintError(
            worst.code, "nothing was written, as not every secret can be read: \(worst.message)",
            details: problems.map(\.line), hint: worst.hint)
    }

    /// Returns the value of a secret, or nil if there is none here.
    package func value(of secret: String, in resource: String) -> SharedSecret? {
        try? values[Place(resource: resource, name: secret)]?.get()
    }

    /// Returns why the value of a secret could not be read, or nil.
    package func problem(of secret: String, in resource: String) -> String? {
        guard case .failure(let error)? = values[Place(resource: resource, name: secret)] else { return nil }
        return error.message
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
