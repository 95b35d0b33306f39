/// What is known here of a fleet's secrets beside what the Hub shows: which values they should have, and which writes
/// were this machine's.
///
/// A value that cannot be read here proves nothing, and is no failure: a job that plans a pull request need not have it.
package struct FleetProofs: Sendable {
    private let record: FleetRecord
    /// By resource and name.
    private let digests: [String: String]
    private let problems: [String: String]
    /// Why no value is compared at all, as a sentence without a full stop; nil if they are.
    package let keyProblem: String?

    /// Reads the key, and the value of every secret that has a reference.
    ///
    /// - Throws: ``MintError/Code/libraryMissing``.
    package init(_ fleet: FleetDefinition, _ record: FleetRecord, in context: Context) throws(MintError) {
        self.record = record
        var key: SharedSecret?
        do throws(MintError) {
            key = try SpaceMark.key(of: fleet, in: context)
            keyProblem = nil
        } catch {
            keyProblem = error.message
        }
        var digests: [String: String] = [:]
        var problems: [String: String] = [:]
        let all =
            fleet.spaces.map { ($0.resource.canonical, $0.secrets) } + fleet.endpoints.map { ($0.resource, $0.secrets) }
        for (resource, secrets) in all {
            for secret in secrets {
                guard let key, case .reference(let reference, let folder) = secret.origin else { continue }
                let place = Self.place(resource, secret.name)
                do throws(MintError) {
                    let value = try FleetSecrets.value(of: reference, relativeTo: folder, in: context)
                    digests[place] = try SpaceMark.digest(
                        of: value.secret, name: secret.name, in: resource, key: key.secret, by: context.machine)
                } catch {
                    guard error.code != .libraryMissing else { throw error }
                    problems[place] = "its source cannot be read here: \(error.message)"
                }
            }
        }
        self.digests = digests
        self.problems = problems
    }

    private static func place(_ resource: String, _ secret: String) -> String { "\(resource)\0\(secret)" }

    private func proof(of secret: SecretDefinition, in resource: String) -> ProofOfSecret {
        let place = Self.place(resource, secret.name)
        return ProofOfSecret(
            digest: digests[place], version: secret.version,
            lastWrite: record.lastWrite(of: secret.name, in: resource), problem: problems[place] ?? keyProblem)
    }

    /// Compares all that is declared with what was found.
    ///
    /// - Parameter reading: of this definition.
    package func compare(_ fleet: FleetDefinition, _ reading: FleetReading) -> [Difference] {
        let ofSpaces = zip(fleet.spaces, reading.spaces).flatMap { space, found in
            HFMintCore.compare(space, found) { name in
                let secret = space.secrets.first { $0.name.utf8.elementsEqual(name.utf8) }
                return secret.map { proof(of: $0, in: space.resource.canonical) } ?? ProofOfSecret()
            }
        }
        let ofEndpoints = zip(fleet.endpoints, reading.endpoints).flatMap { endpoint, found in
            HFMintCore.compare(endpoint, found) { proof(of: endpoint) }
        }
        return ofSpaces + ofEndpoints
    }

    /// Returns what is known of all secrets of an endpoint, which are written together.
    private func proof(of endpoint: EndpointDefinition) -> ProofOfSecret {
        let digests = endpoint.secrets.compactMap { self.digests[Self.place(endpoint.resource, $0.name)] }
        let problem = endpoint.secrets.lazy.compactMap { problems[Self.place(endpoint.resource, $0.name)] }.first
        let isWhole = digests.count == endpoint.secrets.count
        return ProofOfSecret(
            digest: isWhole ? SpaceMark.digest(joining: digests) : nil, version: endpoint.secretsVersion,
            lastWrite: record.lastWrite(of: "secrets", in: endpoint.resource), problem: problem ?? keyProblem)
    }
}
