internal import Synchronization

/// Reads the Hub's side of a fleet: the listing of each owner, then secrets and variables of each Space, side by side.
///
/// That is two requests a Space, and the pages. A Space costs more if the listing does not show it, or lacks a setting
/// that the manifest names. What is refused is `unreadable`, and is missing only if the credential would see it
/// (``FullSight``). A server that is away ends the reading.
package struct FleetReader: Sendable {
    let definition: FleetDefinition
    let access: HubAccess
    private let sight = SharedSight()

    /// How many requests are under way at once.
    static let width = 8
    /// After so many requests in a row without an answer, the Hub is away.
    private static let mostLost = 2 * width

    package init(_ definition: FleetDefinition, _ access: HubAccess) {
        self.definition = definition
        self.access = access
    }

    /// What is read of the listings.
    private struct Listed {
        var spaces: [String: ListedSpace] = [:]
        var others: [String] = []
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
        do throws(StepFailure) {
            let listed = try list()
            let endpoints = try readEndpoints()
            let spaces = try readSpaces(listed, progress)
            return FleetReading(
                spaces: spaces, endpoints: endpoints, others: listed.others.sorted(),
                unlisted: listed.refused.map { "\($0): \($1)" }.sorted())
        } catch {
            throw MintError(error.kind == .refused ? .issuerRefused : .serviceUnavailable, error.message)
        }
    }

    /// Returns the listing alone: stages and settings without secrets and variables, which costs its pages.
    ///
    /// - Throws: as ``read(progress:)``.
    package func readListing() throws(MintError) -> FleetReading {
        do throws(StepFailure) {
            let listed = try list()
            let unread = "not asked for"
            let spaces = definition.spaces.map { space -> SpaceReading in
                guard let found = listed.spaces[ListedSpace.key(space.resource)] else {
                    return .unreadable(listed.refused[space.resource.namespace] ?? "is not in the listing")
                }
                guard found.resource == space.resource else { return .renamed(found.resource.repositoryName) }
                return .there(SpaceState(found, found.runtime, .unreadable(unread), .unreadable(unread)))
            }
            return FleetReading(
                spaces: spaces, endpoints: try readEndpoints(), others: listed.others.sorted(),
                unlisted: listed.refused.map { "\($0): \($1)" }.sorted())
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
                    if wanted.contains(key) {
                        listed.spaces[key] = space
                    } else {
                        listed.others.append(space.resource.canonical)
                    }
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
        let found = Mutex([SpaceReading?](repeating: nil, count: wanted.count))
        let lost = Mutex<(inARow: Int, failure: StepFailure?)>((0, nil))
        access.context.workers.each(of: wanted.count, width: Self.width) { index in
            guard lost.withLock({ $0.failure == nil }) else { return false }
            let reading: SpaceReading
            do throws(StepFailure) {
                reading = try read(wanted[index], listed: listed.spaces[ListedSpace.key(wanted[index].resource)])
                lost.withLock { $0.inARow = 0 }
            } catch {
                reading = .unreadable(error.clause(of: wanted[index].resource.canonical))
                let failure = error
                lost.withLock { lost in
                    lost.inARow += 1
                    let isAway =
                        lost.inARow >= min(Self.mostLost, wanted.count) || access.context.interrupts.haveArrived
                    if isAway { lost.failure = failure }
                }
            }
            let done = found.withLock { found in
                found[index] = reading
                return found.count { $0 != nil }
            }
            progress(done, wanted.count)
            return true
        }
        if let failure = lost.withLock({ $0.failure }) { throw failure }
        return found.withLock { $0.map { $0 ?? .unreadable("was not asked for") } }
    }

    /// Reads one Space.
    ///
    /// - Parameter listed: what a listing of this moment shows of it; nil if it is not there, or was not asked.
    /// - Throws: a failure that passes.
    package func read(_ space: SpaceDefinition, listed: ListedSpace? = nil) throws(StepFailure) -> SpaceReading {
        let api = access.space(space.resource)
        let name = api.api.name
        var shown = listed
        // The listing knows private and public. Where a third kind is wanted, the Space's own page may name it.
        if shown == nil || space.visibility == .protected && shown?.namesVisibility == false {
            do throws(StepFailure) {
                switch try api.api.patiently({ () throws(StepFailure) in try api.info() }) {
                case .there(let found): shown = found
                case .notFound:
                    let isSeen = try sight.get(access).sees(space.resource.namespace)
                    guard isSeen else { return .unreadable("is not there, or the credential may not see it (404)") }
                    return .missing
                case .unreadable(let clause): return .unreadable(clause)
                case .renamed(let name): return .renamed(name)
                }
            } catch {
                guard error.kind == .refused else { throw error }
                return .unreadable(error.clause(of: name))
            }
        }
        guard let shown else { return .unreadable("shows nothing") }
        let isUnsure = space.visibility == .protected && !shown.namesVisibility
        guard shown.resource == space.resource else { return .renamed(shown.resource.repositoryName) }
        var runtime = shown.runtime
        if space.needsRuntime(beside: runtime) {
            switch try reading(api, { () throws(StepFailure) in try api.runtime() }) {
            case .read(let whole): runtime = whole
            // A setting that the listing leaves out would be taken for one that has its default.
            case .unreadable(let clause): return .unreadable(clause)
            }
        }
        let secrets = try reading(api) { () throws(StepFailure) in try api.secrets() }
        let variables = try reading(api) { () throws(StepFailure) in try api.variables() }
        return .there(SpaceState(shown, runtime, variables, secrets, isUnsure: isUnsure))
    }

    /// Reads a part of a Space: what is refused is unreadable.
    private func reading<Value: Equatable & Sendable>(
        _ space: SpaceAPI, _ body: () throws(StepFailure) -> Value
    ) throws(StepFailure) -> Reading<Value> {
        do throws(StepFailure) {
            return .read(try space.api.patiently(body))
        } catch {
            guard error.kind == .refused else { throw error }
            return .unreadable(error.clause(of: space.api.name))
        }
    }
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
            resource: shown.resource, sdk: shown.sdk, stage: runtime?.stage ?? "UNKNOWN", sha: shown.sha,
            runningSHA: runtime?.sha, hardware: runtime?.hardware, sleep: runtime?.sleep,
            visibility: isUnsure ? nil : shown.visibility,
            variables: variables, secrets: secrets, volumes: runtime?.volumes,
            isInDevMode: runtime?.isInDevMode ?? false, isHotReloading: runtime?.isHotReloading ?? false)
    }
}
