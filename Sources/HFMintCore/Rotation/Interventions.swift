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
        let alive = try alive(definition)
        return try withJournal(of: definition.name) { journal throws(MintError) in
            var state = journal.state
            if state.enabledAt == nil { state.enabledAt = context.clock.now() }
            // A secret that another rotation has made is not adopted unasked.
            if state.adopted == nil, state.last == nil, alive.count == 1, !alive[0].belongsToAnother(definition.name) {
                state.adopted = alive[0].id
                state.adoptedExpiresAt = alive[0].expiresAt
            }
            try journal.save(state)
            let ids = alive.map(\.id)
            let known = [state.adopted, state.last?.id].compactMap(\.self).first { ids.contains($0) }
            let only = alive.count == 1 && !alive[0].belongsToAnother(definition.name) ? ids[0] : nil
            return Enabled(alive: ids, predecessor: known ?? only)
        }
    }

    /// Records that the secret with this id is in use, so that the next run replaces it.
    ///
    /// - Returns: a sentence that says so.
    /// - Throws: ``MintError/Code/usage`` if a run is under way, or the issuer lists no such secret.
    package func adopt(_ id: String, _ definition: RotationDefinition) throws(MintError) -> String {
        let alive = try alive(definition)
        guard let secret = alive.first(where: { $0.id.utf8.elementsEqual(id.utf8) }) else {
            let ids = alive.map(\.id)
            throw .usage(
                "\(definition.issuer.target) has no live secret '\(id)'",
                hint: ids.isEmpty ? "it lists none" : "it has \(ids.joined(separator: ", "))")
        }
        return try withJournal(of: definition.name) { journal throws(MintError) in
            var state = journal.state
            guard !state.isRunning else {
                throw .usage("'\(definition.name)' is under way", hint: "adopt when it is done")
            }
            (state.adopted, state.adoptedExpiresAt) = (id, secret.expiresAt)
            try journal.save(state)
            return "'\(definition.name)' replaces \(id) next"
        }
    }

    private func alive(_ definition: RotationDefinition) throws(MintError) -> [LiveSecret] {
        guard definition.issuer.shape != .person else { return [] }
        do throws(StepFailure) {
            return try definition.issuer.survey().secrets.filter(\.isActive)
        } catch {
            let message = "\(definition.name): \(error.message)"
            guard error.kind == .refused else { throw MintError(.serviceUnavailable, message) }
            throw MintError(
                .issuerRefused, message,
                hint: "hfmint help rotate runbook refused: what 'rotations.\(definition.name).issuer' must be allowed")
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
        try withJournal(of: definition.name) { journal throws(MintError) in
            let now = context.clock.now()
            guard
                journal.state.isUnderWay || !journal.state.closedEndpoints.isEmpty
                    || journal.state.disagreement(with: now) != nil
            else {
                throw .usage("'\(definition.name)' is not under way")
            }
            var state = journal.state.resumed(waiving: waived, at: now)
            if overwriting { state.mayOverwrite = definition.sinks.map(\.target) }
            try journal.save(state)
        }
    }

    /// Gives up the run that is under way.
    ///
    /// - Returns: a sentence that says what was done.
    package func abandon(_ definition: RotationDefinition) throws(MintError) -> String {
        try withJournal(of: definition.name) { journal throws(MintError) in
            guard journal.state.isUnderWay else { throw .usage("'\(definition.name)' is not under way") }
            do throws(StepFailure) {
                return try RotationMachine(definition, journal: journal, context: context).abandon()
            } catch {
                let code: MintError.Code =
                    switch error.kind {
                    case .unwritten(let failure): throw .journal(failure)
                    case .refused: .issuerRefused
                    case .transient, .ambiguous: .serviceUnavailable
                    case .needsPerson: .rotationAttention
                    }
                throw MintError(code, "\(definition.name): \(error.message)")
            }
        }
    }
}

extension RotationState {
    /// Whether a run can be resumed or given up.
    fileprivate var isUnderWay: Bool { isRunning || wanted != nil || attention != nil }

    /// Returns the state in which the step is tried again, and every endpoint is asked again, even a closed one.
    fileprivate func resumed(waiving waived: String?, at now: Timestamp) -> RotationState {
        var state = countedAnew(from: now)
        (state.attention, state.closedEndpoints) = (nil, [])
        state.forgetFailures()
        for sink in state.sinks { state.update(sink.target) { $0.timesOverwritten = 0 } }
        for event in events.indices where events[event].kind == .secretRevoking && events[event].run == run {
            for index in events[event].deliveries.indices {
                var delivery = events[event].deliveries[index]
                if let waived, delivery.url.utf8.elementsEqual(waived.utf8) {
                    delivery.status = .waived
                } else if [.pending, .closed, .failed].contains(delivery.status) {
                    (delivery.status, delivery.dueAt) = (.pending, now)
                }
                state.events[event].deliveries[index] = delivery
            }
        }
        return state
    }
}

extension LiveSecret {
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

extension MintError {
    static func journal(_ failure: FileFailure) -> MintError {
        failure.isUnrecorded
            ? MintError(
                .auditUnavailable, failure.reason,
                hint: "the manifest says audit.required: nothing was done; mend it, and type the same again")
            : MintError(.stateUnusable, "cannot use the journal '\(failure.path)': \(failure.reason)")
    }
}
