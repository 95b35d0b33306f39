// What a person does to a rotation from outside its machine.

extension Rotations {
    /// Records that the schedule counts from now, and which secret is in use.
    package func enable(_ definition: RotationDefinition) throws(MintError) -> RotationState {
        let survey: IssuerSurvey
        do throws(StepFailure) {
            let isPerson = definition.issuer.shape == .person
            survey = isPerson ? IssuerSurvey([], date: nil) : try definition.issuer.survey()
        } catch {
            throw MintError(.serviceUnavailable, "\(definition.name): \(error.message)")
        }
        let alive = survey.secrets.filter(\.isActive)
        return try withJournal(of: definition.name) { journal throws(MintError) in
            var state = journal.state
            if state.enabledAt == nil { state.enabledAt = context.clock.now() }
            if state.adopted == nil, state.last == nil, alive.count == 1 { state.adopted = alive[0].id }
            try journal.save(state)
            return state
        }
    }

    /// Changes the state of one rotation, durably.
    package func change(
        _ definition: RotationDefinition,
        _ body: (inout RotationState, RotationDefinition) throws(MintError) -> String
    ) throws(MintError) -> String {
        try withJournal(of: definition.name) { journal throws(MintError) in
            var state = journal.state
            let line = try body(&state, definition)
            try journal.save(state)
            return line
        }
    }

    /// Gives up a run that is under way.
    ///
    /// - Returns: what that means, in a sentence.
    package func abandon(_ definition: RotationDefinition) throws(MintError) -> String {
        try withJournal(of: definition.name) { journal throws(MintError) in
            let state = journal.state
            guard state.isRunning else { throw .usage("'\(definition.name)' is not under way") }
            let created = state.created
            let removes = created != nil && !state.hasTouchedSinks && definition.issuer.shape.canRemove
            if removes, let created { try remove(created.id, definition) }
            try journal.save(state.abandoned)
            if removes { return "'\(definition.name)' is given up: its new secret is removed, and no sink was touched" }
            guard let created else { return "'\(definition.name)' is given up: \(doubt(state, definition))" }
            return
                "'\(definition.name)' is given up: \(created.id) stays at \(definition.issuer.target), as a sink may hold it"
        }
    }

    /// What is known of a creation without a result.
    private func doubt(_ state: RotationState, _ definition: RotationDefinition) -> String {
        guard case .create = state.pending else { return "no secret had been made" }
        return "whether a secret had been made is not known; look for one of today at \(definition.issuer.target)"
    }

    private func remove(_ id: String, _ definition: RotationDefinition) throws(MintError) {
        do throws(StepFailure) {
            try definition.issuer.delete(id)
        } catch {
            throw MintError(.serviceUnavailable, "\(definition.name): \(error.message)")
        }
    }
}

extension IssuerShape {
    /// Whether a new secret can be taken away without the old one.
    fileprivate var canRemove: Bool {
        if case .separate = self { true } else { false }
    }
}

extension RotationState {
    fileprivate var abandoned: RotationState {
        var state = RotationState()
        (state.adopted, state.last, state.run, state.enabledAt) = (adopted ?? predecessor, last, run, enabledAt)
        state.events = events
        return state
    }

    /// Stops waiting for the agreement of the endpoint at `url`.
    package mutating func waive(_ url: String) {
        for event in events.indices {
            for index in events[event].deliveries.indices where events[event].deliveries[index].url == url {
                events[event].deliveries[index].status = .waived
            }
        }
    }
}

extension RotationJournal {
    /// ``record(_:)`` for commands.
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
        MintError(.stateUnusable, "cannot use the journal '\(failure.path)': \(failure.reason)")
    }
}
