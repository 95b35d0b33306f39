/// What is to be changed at the Hub, as it was when it was planned: no secret, and nothing that could become one.
///
/// A plan is made of what was compared. Whoever applies it makes another one first, and refuses where the two are not
/// the same: ``staleness(against:)`` says what has moved. The Hub knows no compare-and-set, so that between that look
/// and the write somebody else may still write.
///
/// ```swift
/// let plan = try FleetPlan(differences, of: fleet, on: endpoint, at: now)
/// let saved = try FleetPlan(parsing: bytes)
/// guard saved.staleness(against: plan).isEmpty else { return }
/// ```
package struct FleetPlan: Equatable, Sendable {
    package let createdAt: Timestamp
    package let endpoint: Origin
    package let endpointsURL: HTTPURL
    package let organization: String?
    package let app: String?
    /// The most that may be deleted, or nil if nothing is.
    package let pruning: Int?
    package let manifestDigest: String
    /// What is written and deleted, in that order.
    package internal(set) var changes: [Difference]
    /// Every resource of the definition: see ``FleetOrder``.
    package let waves: [[String]]
    /// What could not be read, a sentence each.
    package let unreadable: [String]
    /// What differs and is not written, a sentence each.
    package let refused: [String]

    /// How long a plan may be applied, in seconds.
    package static let lifetime = 3_600

    package var expiresAt: Timestamp { createdAt + Self.lifetime }
    package var hasChanges: Bool { !changes.isEmpty }
    /// Whether something could not be read, so that nothing is deleted.
    package var isPartial: Bool { !unreadable.isEmpty }
}

extension FleetPlan {
    /// Makes the plan of what was compared.
    ///
    /// Nothing is deleted after a partial reading, and nothing at all if it would be more than `pruning` allows.
    ///
    /// - Parameters:
    ///   - differences: of every resource of the definition.
    ///   - unlisted: what could not be listed whole, a sentence each: see ``FleetReading/unlisted``.
    ///   - app: the app that the user named, if `fleet` is only what this one has.
    ///   - pruning: the most that may be deleted, or nil if the user did not ask to prune.
    /// - Throws: ``MintError/Code/manifestInvalid`` as ``FleetOrder/waves(of:)``.
    package init(
        _ differences: [Difference], unlisted: [String] = [], of fleet: FleetDefinition, on endpoint: Origin,
        app: String? = nil, pruning: Int? = nil, at now: Timestamp
    ) throws(MintError) {
        let waves = try FleetOrder.waves(of: fleet)
        let positions = Dictionary(waves.joined().enumerated().map { ($1, $0) }) { first, _ in first }
        // Those of one resource stay in their order.
        let ordered = differences.enumerated().sorted { left, right in
            let places = (positions[left.element.resource] ?? .max, positions[right.element.resource] ?? .max)
            return places.0 == places.1 ? left.offset < right.offset : places.0 < places.1
        }.map(\.element)

        let unreadable = unlisted + ordered.filter { $0.verdict == .unreadable }.map { "\($0.name): \($0.reason)" }
        var refused = ordered.compactMap { difference -> String? in
            guard case .refused(let clause) = difference.step else { return nil }
            return "\(difference.name) is not written: \(clause)"
        }
        var deleted = pruning == nil ? [] : ordered.filter { $0.step == .prune }
        if let pruning, !deleted.isEmpty, !unreadable.isEmpty || deleted.count > pruning {
            refused.append(
                unreadable.isEmpty
                    ? "nothing is deleted: \(deleted.count) would be, and \(pruning) may be"
                    : "nothing is deleted, as not everything could be read")
            deleted = []
        }

        createdAt = now
        self.endpoint = endpoint
        endpointsURL = fleet.endpointsURL
        organization = fleet.organization
        self.app = app
        self.pruning = pruning
        manifestDigest = fleet.digest
        changes = ordered.filter { $0.step == .write } + deleted
        self.waves = waves
        self.unreadable = unreadable
        self.refused = refused
    }
}

extension Difference {
    /// What messages call it: `spaces/acme/chat secrets.KEY`.
    package var name: String { path.isEmpty ? resource : "\(resource) \(path)" }
}

extension FleetPlan {
    /// Refuses a plan that is too old, or of another manifest or Hub, before anything is asked.
    ///
    /// - Throws: ``MintError/Code/planStale``.
    package func checkFits(
        _ fleet: FleetDefinition, on endpoint: Origin, app: String?, at now: Timestamp
    ) throws(MintError) {
        let bare = try FleetPlan([], of: fleet, on: endpoint, app: app, at: now)
        if let error = Self.stale(misfits(with: bare)) { throw error }
    }

    /// Returns the refusal of a plan for these reasons, or nil if there are none.
    static func stale(_ reasons: [String]) -> MintError? {
        guard !reasons.isEmpty else { return nil }
        return MintError(
            .planStale, "the plan does not fit any more, and nothing was written", details: reasons,
            hint: "plan anew: hfmint fleet plan")
    }

    /// Returns what the two are not both of, a sentence each.
    private func misfits(with fresh: FleetPlan) -> [String] {
        var reasons: [String] = []
        func check(_ name: String, _ mine: String?, _ its: String?) {
            if mine.map({ Array($0.utf8) }) != its.map({ Array($0.utf8) }) {
                reasons.append("\(name): the plan is for \(mine ?? "none"), and this is \(its ?? "none")")
            }
        }
        if fresh.createdAt >= expiresAt { reasons.append("the plan expired at \(expiresAt.rfc3339)") }
        if fresh.createdAt + Self.clockTolerance < createdAt {
            reasons.append("the plan was made at \(createdAt.rfc3339), which is later than this machine's time")
        }
        check("the Hub", "\(endpoint)", "\(fresh.endpoint)")
        check("the API of endpoints", "\(endpointsURL)", "\(fresh.endpointsURL)")
        check("the organization", organization, fresh.organization)
        check("the app", app, fresh.app)
        if !manifestDigest.utf8.elementsEqual(fresh.manifestDigest.utf8) {
            reasons.append("the manifest, or one of its apps, is not the one that was planned")
        }
        return reasons
    }

    /// Returns why this plan may not be applied, a sentence each: what has moved since, compared with a plan that was
    /// made by the same question just now.
    package func staleness(against fresh: FleetPlan) -> [String] {
        var reasons = misfits(with: fresh)
        let read = Set(unreadable.map { Array($0.utf8) })
        reasons += fresh.unreadable.filter { !read.contains(Array($0.utf8)) }

        let found = Dictionary(fresh.changes.map { ($0.key, $0) }) { first, _ in first }
        let planned = Set(changes.map(\.key))
        for change in changes {
            if let now = found[change.key] {
                reasons += change.movement(to: now).map { ["\(change.name): \($0)"] } ?? []
            } else {
                reasons.append("\(change.name): there is nothing to \(change.verb) any more")
            }
        }
        for change in fresh.changes where !planned.contains(change.key) {
            reasons.append("\(change.name): it was not to be \(change.verb) when the plan was made")
        }
        return reasons
    }

    /// The largest difference between two clocks that are right, in seconds.
    private static let clockTolerance = 300
}

extension Difference {
    /// What a plan does about it: `set` or `delete`.
    var verb: String { step == .prune ? "delete" : "set" }

    /// No two changes of a plan have the same.
    var key: [UInt8] { Array("\(verb) \(resource)\0\(path)".utf8) }

    /// Returns a clause about what is not as it was planned, or nil.
    fileprivate func movement(to now: Difference) -> String? {
        func isSame(_ member: (Difference) -> String?) -> Bool {
            member(self).map { Array($0.utf8) } == member(now).map { Array($0.utf8) }
        }
        if !isSame(\.before) { return "it was \(before ?? "missing"), and is \(now.before ?? "missing") now" }
        if !isSame(\.updatedAt) || !isSame(\.digest) {
            return "it was written at \(now.updatedAt ?? "an unknown time"), after the plan was made"
        }
        if !isSame(\.after) { return "it is to be \(now.after ?? "-") now" }
        // Of what is there, another machine may know more: what is written stays the same.
        guard (verdict == .missing) != (now.verdict == .missing) else { return nil }
        return "it was \(verdict.rawValue), and is \(now.verdict.rawValue) now"
    }
}
