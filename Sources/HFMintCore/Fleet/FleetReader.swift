internal import Synchronization

/// Reads the Hub's side of a fleet: the listing of each owner, then secrets and variables of each Space, side by side.
///
/// That is two requests a Space, and the pages. A Space costs more if the listing does not show it, or lacks a setting
/// that the manifest names. What is refused is `unreadable`, and is missing only if the credential would see it
/// (``FullSight``). A server that is away ends the reading.
package struct FleetReader: Sendable {
    let definition: FleetDefinition
    let access: HubAccess
    /// How the Hub is asked with an administrator's credential, if there is one.
    private let admin: HubAccess?
    private let sight = FullSight()

    /// How many requests are under way at once.
    static let width = 8
    /// After so many requests in a row without an answer, the Hub is away.
    private static let mostLost = 2 * width

    /// - Parameter admin: asks again about a Space that the credential of `access` does not find.
    package init(_ definition: FleetDefinition, _ access: HubAccess, admin: HubAccess? = nil) {
        self.definition = definition
        self.access = access
        self.admin = admin
    }

    /// What is read of the listings.
    private struct Listed {
        var spaces: [String: ListedSpace] = [:]
        /// Why an owner's Spaces cannot be listed, by the owner.
        var refused: [String: String] = [:]
    }

    /// Reads everything.
    ///
    /// - Parameter progress: is told how many of how many resources are read, from any thread.
    /// - Throws: ``MintError/Code/serviceUnavailable`` if the Hub is away, or asks to come back much later.
    package func read(
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(MintError) -> FleetReading {
        try gather { (listed: Listed) throws(StepFailure) -> [SpaceReading] in try readSpaces(listed, progress) }
    }

    /// Returns the listing alone: stages and settings without secrets and variables, which costs its pages.
    ///
    /// - Throws: as ``read(progress:)``.
    package func readListing() throws(MintError) -> FleetReading {
        try gather { (listed: Listed) throws(StepFailure) -> [SpaceReading] in
            definition.spaces.map { space -> SpaceReading in
                guard let found = listed.spaces[ListedSpace.key(space.resource)] else {
                    return .unreadable(listed.refused[space.resource.namespace] ?? "is not in the listing")
                }
                guard found.resource == space.resource else { return .renamed(found.resource.repositoryName) }
                let unread = "not asked for"
                return .there(SpaceState(found, found.runtime, .unreadable(unread), .unreadable(unread)))
            }
        }
    }

    /// Reads one Space, which must be there.
    ///
    /// - Throws: as ``read(progress:)``; ``MintError/Code/issuerRefused`` if it is not there, or cannot be read.
    package func state(of space: SpaceDefinition) throws(MintError) -> SpaceState {
        try told { () throws(StepFailure) -> SpaceState in
            let found = try read(space)
            if case .there(let state) = found { return state }
            throw StepFailure(.refused, "\(space.canonical) \(found.absence ?? "")")
        }
    }

    private func gather(
        _ readSpaces: (Listed) throws(StepFailure) -> [SpaceReading]
    ) throws(MintError) -> FleetReading {
        try told { () throws(StepFailure) -> FleetReading in
            let listed = try list()
            let endpoints = try readEndpoints()
            return FleetReading(
                spaces: try readSpaces(listed), endpoints: endpoints,
                unlisted: listed.refused.map { "\($0): \($1)" }.sorted())
        }
    }

    /// Calls `body`, and tells the user what failed.
    private func told<Result>(_ body: () throws(StepFailure) -> Result) throws(MintError) -> Result {
        do throws(StepFailure) {
            return try body()
        } catch {
            throw MintError(error.kind == .refused ? .issuerRefused : .serviceUnavailable, error.message)
        }
    }

    private func list() throws(StepFailure) -> Listed {
        var listed = Listed()
        let wanted = Set(definition.spaces.map { ListedSpace.key($0.resource) })
        for owner in Set(definition.spaces.map(\.resource.namespace)).sorted() {
            let api = access.hub("the Spaces of \(owner)")
            do throws(StepFailure) {
                try SpaceListing.read(author: owner, api) { space in
                    let key = ListedSpace.key(space.resource)
                    if wanted.contains(key) { listed.spaces[key] = space }
                }
            } catch {
                guard error.kind == .refused else { throw error }
                listed.refused[owner] = error.clause(of: api.name)
            }
        }
        return listed
    }

    private func readSpaces(
        _ listed: Listed, _ progress: @escaping @Sendable (Int, Int) -> Void
    ) throws(StepFailure) -> [SpaceReading] {
        let wanted = definition.spaces
        let state = Mutex<(done: Int, lost: Int, failure: StepFailure?)>((0, 0, nil))
        let readings = access.context.workers.map(wanted.count, width: Self.width) { index -> SpaceReading? in
            guard state.withLock({ $0.failure == nil }) else { return nil }
            let reading: SpaceReading
            let failure: StepFailure?
            do throws(StepFailure) {
                reading = try read(wanted[index], listed: listed.spaces[ListedSpace.key(wanted[index].resource)])
                failure = nil
            } catch {
                reading = .unreadable(error.clause(of: wanted[index].canonical))
                failure = error
            }
            let isInterrupted = access.context.interrupts.haveArrived
            let done = state.withLock { state in
                state.done += 1
                state.lost = failure == nil ? 0 : state.lost + 1
                if state.lost >= min(Self.mostLost, wanted.count) || isInterrupted { state.failure = failure }
                return state.done
            }
            progress(done, wanted.count)
            return reading
        }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        return readings.map { $0 ?? .unreadable("was not asked for") }
    }

    /// Reads one Space.
    ///
    /// - Parameter listed: what a listing of this moment shows of it; nil if it is not there, or was not asked.
    /// - Throws: a failure that passes.
    package func read(_ wanted: SpaceDefinition, listed: ListedSpace? = nil) throws(StepFailure) -> SpaceReading {
        let space = access.space(wanted.resource)
        var shown = listed
        // The listing knows private and public. Where a third kind is wanted, the Space's own page may name it.
        if shown == nil || wanted.visibility == .protected && shown?.namesVisibility == false {
            switch try reading(space.api, { () throws(StepFailure) in try space.info() }) {
            case .read(.there(let found)): shown = found
            case .read(.missing): return try absence(of: wanted)
            case .read(.renamed(let name)): return .renamed(name)
            case .read(.unreadable(let clause)), .unreadable(let clause): return .unreadable(clause)
            }
        }
        guard let shown else { return .unreadable("shows nothing") }
        let isUnsure = wanted.visibility == .protected && !shown.namesVisibility
        guard shown.resource == wanted.resource else { return .renamed(shown.resource.repositoryName) }
        var runtime = shown.runtime ?? listed?.runtime
        if wanted.needsRuntime(beside: runtime) {
            switch try reading(space.api, { () throws(StepFailure) in try space.runtime() }) {
            case .read(let whole): runtime = whole
            // A setting that the listing leaves out would be taken for one that has its default.
            case .unreadable(let clause): return .unreadable(clause)
            }
        }
        let secrets = try reading(space.api) { () throws(StepFailure) in try space.secrets() }
        let variables = try reading(space.api) { () throws(StepFailure) in try space.variables() }
        return .there(SpaceState(shown, runtime, variables, secrets, isUnsure: isUnsure))
    }

    /// Tells a Space that is not there from one that the credential may not see.
    private func absence(of wanted: SpaceDefinition) throws(StepFailure) -> SpaceReading {
        let isSeen = try sight.sees(wanted.resource.namespace, by: (admin ?? access).hub("the credential"))
        guard isSeen else { return .unreadable(Self.unseen) }
        guard let space = admin?.space(wanted.resource) else { return .missing }
        switch try reading(space.api, { () throws(StepFailure) in try space.info() }) {
        case .read(.there): return .unreadable("is there, and 'fleet.credentials.read' may not see it")
        case .read(.missing): return .missing
        case .read(.renamed(let name)): return .renamed(name)
        case .read(.unreadable(let clause)), .unreadable(let clause): return .unreadable(clause)
        }
    }

    static let unseen = "is not there, or the credential may not see it (404)"

    /// Makes calls that may be repeated: what is refused is unreadable.
    ///
    /// - Throws: a failure that passes.
    func reading<Value: Equatable & Sendable>(
        _ api: API, _ body: () throws(StepFailure) -> Value
    ) throws(StepFailure) -> Reading<Value> {
        do throws(StepFailure) {
            return .read(try api.patiently(body))
        } catch {
            guard error.kind == .refused else { throw error }
            return .unreadable(error.clause(of: api.name))
        }
    }
}

/// What the Hub shows of everything that a definition names.
package struct FleetReading: Equatable, Sendable {
    /// As ``FleetDefinition/spaces``, in the same order.
    package let spaces: [SpaceReading]
    /// As ``FleetDefinition/endpoints``, in the same order.
    package let endpoints: [EndpointReading]
    /// The owners whose Spaces could not be listed, each with the reason.
    package let unlisted: [String]
}

extension SpaceDefinition {
    /// Whether the manifest names a setting of which a listing says nothing.
    fileprivate func needsRuntime(beside listed: SpaceRuntime?) -> Bool {
        guard let listed else { return true }
        return volumes != nil && listed.volumes == nil || sleep != nil && !listed.saysSleep
            || hardware != nil && listed.hardware == nil
    }
}

extension SpaceState {
    fileprivate init(
        _ shown: ListedSpace, _ runtime: SpaceRuntime?, _ variables: Reading<[VariableState]>,
        _ secrets: Reading<[SecretState]>, isUnsure: Bool = false
    ) {
        self.init(
            resource: shown.resource, sdk: shown.sdk, sha: shown.sha, visibility: isUnsure ? nil : shown.visibility,
            runtime: runtime ?? SpaceRuntime(stage: "UNKNOWN"), variables: variables, secrets: secrets)
    }
}
