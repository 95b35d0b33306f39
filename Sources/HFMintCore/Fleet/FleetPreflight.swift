internal import Synchronization

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

    private let definition: FleetDefinition
    private let read: HubAccess
    private let apply: HubAccess?

    private static let reads = "fleet.credentials.read"
    private static let writes = "fleet.credentials.apply"

    /// - Parameter apply: nil if nobody has a credential that writes.
    package init(_ definition: FleetDefinition, read: HubAccess, apply: HubAccess?) {
        self.definition = definition
        self.read = read
        self.apply = apply
    }

    /// Returns a line for each right that is missing; empty if all are there.
    package func missing() -> [MissingRight] {
        let ofKind = unfit
        // A credential that no route takes is said once, and not for each resource.
        let writer = ofKind.isEmpty ? apply : nil
        return ofKind + ofSpaces(writer) + ofSecretNames + ofEndpoints(Self.reads, read, .read)
            + (writer.map { ofEndpoints(Self.writes, $0, .write) } ?? [])
    }

    /// What the kind of the writing credential rules out.
    ///
    /// No setting's route takes a token of Trusted Publishers, and some take no OAuth token.
    /// <https://github.com/huggingface/huggingface_hub/issues/4972>
    private var unfit: [MissingRight] {
        func line(_ clause: String) -> [MissingRight] {
            [MissingRight(credential: Self.writes, resource: nil, clause: clause)]
        }
        guard let apply else { return line("there is none, so that nothing can be applied") }
        guard let token = apply.token else { return line("it is empty, so that nothing can be applied") }
        switch token.secret.reveal({ HubToken.Kind(in: $0) }) {
        case .repository: return line("a token of Trusted Publishers is taken by no route of a Space's settings")
        case .user: return line("a Space's hardware, sleep and restart are known to refuse an OAuth token")
        default: return []
        }
    }

    private func ofSpaces(_ writer: HubAccess?) -> [MissingRight] {
        let spaces = definition.spaces
        let found = Mutex([[MissingRight]](repeating: [], count: spaces.count))
        read.context.workers.each(of: spaces.count, width: FleetReader.width) { index in
            let space = spaces[index].resource
            var lines = [check(Self.reads, read, space, writes: false)]
            if let writer { lines.append(check(Self.writes, writer, space, writes: true)) }
            found.withLock { $0[index] = lines.compactMap(\.self) }
            return !read.context.interrupts.haveArrived
        }
        return found.withLock { $0.flatMap(\.self) }
    }

    private func check(_ credential: String, _ access: HubAccess, _ space: Resource, writes: Bool) -> MissingRight? {
        guard let trial = TokenTrial.authCheck(space, writes: writes) else { return nil }
        let api = access.hub(space.canonical)
        return line(credential, api) { () throws(StepFailure) in
            let status = try api.call(.get, trial.path, accepting: [200, 401, 403, 404]).status
            return status == 200 ? nil : "it may not be \(writes ? "written" : "read") (\(status))"
        }
    }

    /// Whether the names of secrets can be read: of one Space of each owner, as the route is new to the Hub.
    private var ofSecretNames: [MissingRight] {
        var owners: Set<String> = []
        return definition.spaces.compactMap { space in
            guard !space.secrets.isEmpty, owners.insert(space.resource.namespace).inserted else { return nil }
            let api = read.space(space.resource)
            return line(Self.reads, api.api) { () throws(StepFailure) in
                _ = try api.secrets()
                return nil
            }.map {
                .init(credential: $0.credential, resource: $0.resource, clause: "its secrets' names: \($0.clause)")
            }
        }
    }

    private func ofEndpoints(_ credential: String, _ access: HubAccess, _ kind: EndpointRight.Kind) -> [MissingRight] {
        Set(definition.endpoints.map(\.namespace)).sorted().flatMap { namespace -> [MissingRight] in
            let mine = definition.endpoints.filter { $0.namespace.utf8.elementsEqual(namespace.utf8) }
            var isNarrowed = false
            let whole = ask(credential, access, "endpoints/\(namespace)", EndpointRight(namespace, nil, kind)) {
                isNarrowed = $0 == .narrowed
            }
            guard isNarrowed else { return [whole].compactMap(\.self) }
            return mine.compactMap {
                ask(credential, access, $0.canonical, EndpointRight(namespace, $0.name, kind)) { _ in }
            }
        }
    }

    private func ask(
        _ credential: String, _ access: HubAccess, _ resource: String, _ right: EndpointRight,
        _ note: (EndpointRight.Answer) -> Void
    ) -> MissingRight? {
        let api = access.hub(resource)
        return line(credential, api) { () throws(StepFailure) in
            let answer = try right.ask(api)
            note(answer)
            guard case .refused(let status) = answer else { return nil }
            return "they may not be \(right.kind == .read ? "read" : "changed") (\(status))"
        }
    }

    private func line(
        _ credential: String, _ api: API, _ body: () throws(StepFailure) -> String?
    ) -> MissingRight? {
        do throws(StepFailure) {
            return try api.patiently(body).map { .init(credential: credential, resource: api.name, clause: $0) }
        } catch {
            return .init(
                credential: credential, resource: api.name, clause: "cannot be checked: \(error.clause(of: api.name))")
        }
    }
}
