extension Rotations {
    /// What `rotate init` found and recorded.
    package struct Enabled: Sendable {
        /// The ids of the active secrets.
        package let alive: [String]
        /// The id of the secret that the next run replaces; if it is nil, none is retired.
        package let predecessor: String?
    }

    /// Records that the schedule counts from now, and which secret is in use.
    package func enable(_ definition: RotationDefinition) throws(MintError) -> Enabled {
        let active = try activeSecrets(of: definition)
        // A secret that another rotation has made is not adopted unasked.
        let only = active.count == 1 && !active[0].belongsToAnother(definition.name) ? active[0] : nil
        let journal = try journal(of: definition.name)
        var state = journal.state
        if state.timetable.enabledAt == nil { state.timetable.enabledAt = context.clock.now() }
        if let only, state.timetable.adopted == nil, state.timetable.last == nil { state.timetable.adopt(only) }
        try journal.save(state)
        let ids = active.map(\.id)
        return Enabled(alive: ids, predecessor: state.timetable.inUse(among: ids) ?? only?.id)
    }

    /// Records that the secret with this id is in use, so that the next run replaces it.
    ///
    /// - Returns: a sentence that says so.
    /// - Throws: ``MintError/Code/usage`` if a run is under way, or the issuer lists no such secret.
    package func adopt(_ id: String, _ definition: RotationDefinition) throws(MintError) -> String {
        let active = try activeSecrets(of: definition)
        guard let secret = active.first(where: { $0.id.utf8.elementsEqual(id.utf8) }) else {
            throw .usage(
                "\(definition.issuer.target) has no live secret '\(id)'",
                hint: active.isEmpty ? "it lists none" : "it has \(active.map(\.id).joined(separator: ", "))")
        }
        let journal = try journal(of: definition.name)
        var state = journal.state
        guard !state.isRunning else {
            throw .usage("'\(definition.name)' is under way", hint: "adopt when it is done")
        }
        state.timetable.adopt(secret)
        try journal.save(state)
        return "'\(definition.name)' replaces \(id) next"
    }

    private func activeSecrets(of definition: RotationDefinition) throws(MintError) -> [ListedSecret] {
        do throws(StepFailure) {
            return try definition.issuer.survey().active
        } catch {
            throw .failed(
                error, of: definition.name,
                hint: error.kind == .refused
                    ? "hfmint help rotate runbook refused: what 'rotations.\(definition.name).issuer' must be allowed"
                    : nil)
        }
    }

    /// Lets the next run try the step again at which the rotation stopped.
    ///
    /// - Parameters:
    ///   - waived: the URL of an endpoint that need not agree any more.
    ///   - overwriting: whether the sinks are overwritten whatever they hold.
    /// - Throws: ``MintError/Code/usage`` if no endpoint that must agree has that URL, or nothing is under way.
    package func resume(
        _ definition: RotationDefinition, waiving waived: String? = nil, overwriting: Bool = false
    ) throws(MintError) {
        if let waived {
            let urls = definition.callbacks.filter(\.mustAcknowledge).map(\.url.description)
            guard urls.contains(where: { $0.utf8.elementsEqual(waived.utf8) }) else {
                throw .usage(
                    "'\(definition.name)' waits for no endpoint '\(waived)'",
                    hint: urls.isEmpty ? "none of its endpoints must agree" : "it has \(urls.joined(separator: ", "))")
            }
        }
        let journal = try journal(of: definition.name)
        let now = context.clock.now()
        guard
            journal.state.isUnderWay || !journal.state.told.closedEndpoints.isEmpty
                || journal.state.disagreement(with: now) != nil
        else {
            throw .usage("'\(definition.name)' is not under way")
        }
        var state = journal.state.resumed(waiving: waived, at: now)
        if overwriting { state.delivery.mayOverwrite = definition.sinks.map(\.target) }
        try journal.save(state)
    }

    /// Gives up the run that is under way.
    ///
    /// - Returns: a sentence that says what was done.
    package func abandon(_ definition: RotationDefinition) throws(MintError) -> String {
        let journal = try journal(of: definition.name)
        guard journal.state.isUnderWay else { throw .usage("'\(definition.name)' is not under way") }
        do throws(StepFailure) {
            return try RotationMachine(definition, journal: journal, context: context).abandon()
        } catch {
            throw .failed(error, of: definition.name)
        }
    }
}

extension RotationState {
    /// Whether a run can be resumed or given up.
    fileprivate var isUnderWay: Bool { isRunning || timetable.wanted != nil || attention != nil }

    /// Returns the state in which the step is tried again, and every endpoint is asked again, even a closed one.
    fileprivate func resumed(waiving waived: String?, at now: Timestamp) -> RotationState {
        var state = countedAnew(from: now)
        (state.attention, state.told.closedEndpoints) = (nil, [])
        state.retry = .init()
        for index in state.delivery.sinks.indices { state.delivery.sinks[index].timesOverwritten = 0 }
        for event in told.events.indices
        where told.events[event].kind == .secretRevoking && told.events[event].run == run.number {
            for index in told.events[event].deliveries.indices {
                var delivery = told.events[event].deliveries[index]
                if let waived, delivery.url.utf8.elementsEqual(waived.utf8) {
                    delivery.status = .waived
                } else if [.pending, .closed, .failed].contains(delivery.status) {
                    (delivery.status, delivery.dueAt) = (.pending, now)
                }
                state.told.events[event].deliveries[index] = delivery
            }
        }
        return state
    }
}

extension ListedSecret {
    /// Whether the secret carries the marker of another rotation.
    func belongsToAnother(_ rotation: String) -> Bool { owner.map { !$0.utf8.elementsEqual(rotation.utf8) } ?? false }

    /// The name of the rotation whose marker the secret carries.
    var owner: String? {
        guard let parts = marker?.utf8.split(separator: ASCII.colon), parts.count >= 2,
            parts[0].elementsEqual("hfmint".utf8)
        else { return nil }
        return String(Substring(parts[1]))
    }
}

extension RotationJournal {
    /// Records a state for a command.
    fileprivate func save(_ state: RotationState) throws(MintError) {
        do throws(FileFailure) {
            try record(state)
        } catch {
            throw .journal(error)
        }
    }
}

extension RotationState.Timetable {
    fileprivate mutating func adopt(_ secret: ListedSecret) {
        (adopted, adoptedExpiresAt) = (secret.id, secret.expiresAt)
    }

    /// Returns which of these secrets a person adopted, else which the last run made, or nil.
    func inUse(among ids: [String]) -> String? {
        [adopted, last?.id].compactMap(\.self).first { ids.contains($0) }
    }
}

extension MintError {
    /// Makes the error of a command whose step failed.
    fileprivate static func failed(_ failure: StepFailure, of rotation: String, hint: String? = nil) -> MintError {
        let code: MintError.Code
        switch failure.kind {
        case .unwritten(let failure): return .journal(failure)
        case .refused: code = .issuerRefused
        case .transient, .ambiguous: code = .serviceUnavailable
        case .needsPerson: code = .rotationAttention
        }
        return MintError(code, "\(rotation): \(failure.message)", hint: hint)
    }

    static func journal(_ failure: FileFailure) -> MintError {
        failure.isUnrecorded
            ? MintError(
                .auditUnavailable, failure.reason,
                hint: "the manifest says audit.required: nothing was done; mend it, and type the same again")
            : MintError(.stateUnusable, "cannot use the journal '\(failure.path)': \(failure.reason)")
    }
}
