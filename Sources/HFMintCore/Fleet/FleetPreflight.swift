/// Asks the Hub which rights the credentials of a fleet lack, by requests without any effect.
///
/// The Hub answers whether a credential may read a repository, and whether it may write it, which is a right to its
/// files: which right opens each route of a Space's settings is not documented, so that a yes promises no more.
/// <https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.auth_check>
package struct FleetPreflight: Sendable {
    /// A right that a credential lacks, or that could not be asked for.
    package struct MissingRight: Equatable, Sendable {
        /// The credential in the manifest: `fleet.credentials.apply`.
        package let credential: String
        /// `spaces/acme/chat`, `endpoints/acme`; nil for all.
        package let resource: String?
        /// A clause that follows the resource, or the credential.
        package let clause: String

        package var sentence: String { "\(credential): \(resource.map { "\($0): " } ?? "")\(clause)" }
    }

    /// A credential of the manifest, and how the Hub is asked with it.
    private struct Credential: Sendable {
        let name: String
        let access: HubAccess

        /// Makes a call that may be repeated.
        ///
        /// - Parameter body: returns a clause about the right that is missing, or nil.
        func missing(_ resource: String, _ body: (API) throws(StepFailure) -> String?) -> MissingRight? {
            let api = access.hub(resource)
            do throws(StepFailure) {
                return try api.patiently { () throws(StepFailure) in try body(api) }
                    .map { MissingRight(credential: name, resource: resource, clause: $0) }
            } catch {
                let clause = error.clause(of: resource)
                return MissingRight(
                    credential: name, resource: resource,
                    clause: error.kind == .refused ? clause : "cannot be checked: \(clause)")
            }
        }
    }

    private let definition: FleetDefinition
    private let reader: Credential
    private let writer: Credential?
    private let admin: Credential?

    private static let writes = "fleet.credentials.apply"

    /// - Parameters:
    ///   - apply: nil if nobody has a credential that writes.
    ///   - admin: nil if there is no administrator's.
    package init(_ definition: FleetDefinition, read: HubAccess, apply: HubAccess?, admin: HubAccess?) {
        self.definition = definition
        reader = Credential(name: "fleet.credentials.read", access: read)
        writer = apply.map { Credential(name: Self.writes, access: $0) }
        self.admin = admin.map { Credential(name: "fleet.credentials.admin", access: $0) }
    }

    /// Returns a line for each right that is missing; empty if all are there.
    package func missing() -> [MissingRight] {
        let ofKind = unfit
        // A credential that no route takes is said once, and not for each resource.
        let writer = ofKind.isEmpty ? writer : nil
        return ofKind + ofSpaces(writer) + ofSecretNames + ofEndpoints(reader, "read")
            + (writer.map { ofEndpoints($0, "write") } ?? []) + ofAdministrator
    }

    /// What the kind of the writing credential rules out.
    ///
    /// No setting's route takes a token of Trusted Publishers, and some take no OAuth token.
    /// <https://github.com/huggingface/huggingface_hub/issues/4972>
    private var unfit: [MissingRight] {
        func line(_ clause: String) -> [MissingRight] {
            [MissingRight(credential: Self.writes, resource: nil, clause: clause)]
        }
        guard let writer else { return line("there is none, so that nothing can be applied") }
        guard let token = writer.access.token else { return line("it is empty, so that nothing can be applied") }
        switch token.secret.reveal({ HubToken.Kind(in: $0) }) {
        case .repository: return line("a token of Trusted Publishers is taken by no route of a Space's settings")
        case .user: return line("a Space's hardware, sleep and restart are known to refuse an OAuth token")
        default: return []
        }
    }

    private func ofSpaces(_ writer: Credential?) -> [MissingRight] {
        let spaces = definition.spaces
        let context = reader.access.context
        return context.workers.map(spaces.count, width: FleetReader.width) { index -> [MissingRight]? in
            guard !context.interrupts.haveArrived else { return nil }
            let space = spaces[index].resource
            let rights = [check(reader, space, writes: false), writer.flatMap { check($0, space, writes: true) }]
            return rights.compactMap(\.self)
        }.flatMap { $0 ?? [] }
    }

    private func check(_ credential: Credential, _ space: Resource, writes: Bool) -> MissingRight? {
        guard let trial = TokenTrial.authCheck(space, writes: writes) else { return nil }
        return credential.missing(space.canonical) { (api) throws(StepFailure) in
            let status = try api.call(.get, trial.path, accepting: [200, 401, 403, 404]).status
            return status == 200 ? nil : "it may not be \(writes ? "written" : "read") (\(status))"
        }
    }

    /// Whether the names of secrets can be read: of one Space of each owner, as the route is new to the Hub.
    private var ofSecretNames: [MissingRight] {
        var owners: Set<String> = []
        return definition.spaces.compactMap { space in
            guard !space.secrets.isEmpty, owners.insert(space.resource.namespace).inserted else { return nil }
            let missing = reader.missing(space.canonical) { (api) throws(StepFailure) in
                _ = try SpaceAPI(api: api, space: space.resource).secrets()
                return nil
            }
            return missing.map {
                MissingRight(
                    credential: $0.credential, resource: $0.resource, clause: "its secrets' names: \($0.clause)")
            }
        }
    }

    /// Whether the administrator's credential sees all of each owner, which is all that it is for.
    private var ofAdministrator: [MissingRight] {
        guard let admin else { return [] }
        let sight = FullSight()
        return Set(definition.spaces.map(\.resource.namespace)).sorted().compactMap { namespace in
            admin.missing(namespace) { (api) throws(StepFailure) in
                try sight.sees(namespace, by: api) ? nil : "it may not see everything there"
            }
        }
    }

    private func ofEndpoints(_ credential: Credential, _ right: String) -> [MissingRight] {
        Set(definition.endpoints.map(\.namespace)).sorted().flatMap { namespace -> [MissingRight] in
            var isNarrowed = false
            func ask(_ resource: String, _ name: String?) -> MissingRight? {
                credential.missing(resource) { (api) throws(StepFailure) in
                    let status = try api.endpointRight(right, to: namespace, name)
                    isNarrowed = status == 207
                    guard status != 200, !isNarrowed else { return nil }
                    return "they may not be \(right == "read" ? "read" : "changed") (\(status))"
                }
            }
            let whole = ask("endpoints/\(namespace)", nil)
            guard isNarrowed else { return [whole].compactMap(\.self) }
            return definition.endpoints.filter { $0.namespace.utf8.elementsEqual(namespace.utf8) }
                .compactMap { ask($0.canonical, $0.name) }
        }
    }
}
