internal import Synchronization

/// What a rotation's issuer and sinks show; to look changes nothing, not even the journal.
package struct Inspection: Sendable {
    package let issuer: IssuerSight
    package let sinks: [SinkSight]

    /// Whether the issuer or a sink has changed since the rotation left it.
    package var hasDrift: Bool {
        if case .drifted = issuer { return true }
        return sinks.contains(where: \.hasDrift)
    }

    /// Why the issuer or sinks could not be looked at.
    package var failures: [StepFailure] {
        var failures = sinks.compactMap(\.failure)
        if case .silent(let failure) = issuer { failures.insert(failure, at: 0) }
        return failures
    }

    package enum IssuerSight: Equatable, Sendable {
        /// The issuer was not asked: nothing answers for it, or the run under way began with another manifest.
        case notAsked
        /// Nothing has changed, except that somebody else has made the secrets with the ids `others`.
        case asLeft(others: [String])
        case drifted(String)
        case silent(StepFailure)
    }

    package struct SinkSight: Sendable {
        package let sink: any Sink
        /// `nil` if the sink could not be looked at: see ``failure``.
        package var presence: Sighting.Presence?
        package var failure: StepFailure?
        /// Whether the value in the sink logs in with the client, or nil if that was not tried.
        package var logsIn: Bool?
        /// How many secrets a list holds, or nil for any other sink.
        package var listedCount: Int?
        /// What has become of the secret that the sink was given, or nil if it was given none.
        package var standing: Standing?

        package var hasDrift: Bool { standing == .changed || standing == .gone }
    }
}

extension Rotations {
    /// Returns what the sinks of each rotation show, by the rotation's name.
    ///
    /// - Parameter loggingIn: whether values that can be read are tried at a log-in.
    package static func sights(
        _ definitions: [RotationDefinition], loggingIn: Bool, in context: Context
    ) -> [String: [Inspection.SinkSight]] {
        sideBySide(definitions, in: context) { definition in
            definition.sinks.map { sink in
                var sight = Inspection.SinkSight(sink: sink)
                do throws(StepFailure) {
                    let sighting = try sink.look()
                    sight.presence = sighting.presence
                    if sink is SecretListSink { sight.listedCount = sighting.held.count }
                    if loggingIn, let value = sighting.value, let verifier = definition.verifier {
                        sight.logsIn = try verifier.logIn(with: value.secret) == .accepted
                    }
                } catch {
                    sight.failure = error
                }
                return sight
            }
        }
    }

    /// Compares issuers and sinks with how each rotation left them, and returns the result by the rotation's name.
    ///
    /// Leaves out a rotation whose journal cannot be read.
    package func inspections() -> [String: Inspection] {
        let rotations = self
        return Self.sideBySide(definitions, in: context) { definition in
            for _ in 0..<Self.mostLooks {
                guard let state = try? rotations.state(of: definition.name) else { return nil }
                let seen = Inspection(of: definition, state, in: rotations.context)
                // A change that another process recorded meanwhile is no drift.
                guard seen.hasDrift, state != (try? rotations.state(of: definition.name)) else { return seen }
            }
            return nil
        }
    }

    /// How often a drift is looked at again while other processes change the journal.
    private static let mostLooks = 5

    static func sideBySide<Seen: Sendable>(
        _ definitions: [RotationDefinition], in context: Context,
        _ look: @escaping @Sendable (RotationDefinition) -> Seen?
    ) -> [String: Seen] {
        let found = Mutex<[String: Seen]>([:])
        context.workers.run(
            definitions.map { definition in
                { @Sendable in
                    let seen = look(definition)
                    found.withLock { $0[definition.name] = seen }
                    return nil
                }
            })
        return found.withLock { $0 }
    }
}

extension Inspection {
    fileprivate init(of definition: RotationDefinition, _ state: RotationState, in context: Context) {
        // A run under way may have begun with another manifest. Then its journal says nothing about these sinks.
        let isOther = state.isRunning && state.run.definition != definition.digest
        issuer = isOther ? .notAsked : IssuerSight(of: definition.issuer, state)
        sinks = definition.sinks.map { sink in
            let evidence = isOther ? nil : state.delivery[sink.target]?.evidence
            return SinkSight(of: sink, evidence, state.successor, in: context)
        }
    }
}

extension Inspection.SinkSight {
    fileprivate init(
        of sink: any Sink, _ evidence: Evidence?, _ successor: RotationState.Successor?, in context: Context
    ) {
        self.init(sink: sink)
        do throws(StepFailure) {
            let sighting = try sink.look()
            presence = sighting.presence
            guard let evidence, let successor else { return }
            standing = try sighting.standing(since: evidence, sha256: successor.sha256) {
                (value) throws(StepFailure) in
                try context.sha256(value.secret) { StepFailure(.refused, $0.message) }
            }
        } catch {
            failure = error
        }
    }
}

extension Inspection.IssuerSight {
    fileprivate init(of issuer: any Issuer, _ state: RotationState) {
        guard issuer.canBeAsked else {
            self = .notAsked
            return
        }
        do throws(StepFailure) {
            self.init(try issuer.survey(), issuer, state)
        } catch {
            self = .silent(error)
        }
    }

    private init(_ survey: IssuerSurvey, _ issuer: any Issuer, _ state: RotationState) {
        if let id = state.inUse, !survey.hasActive(id) {
            self = .drifted("\(id) is not in use any more at \(issuer.target), and sinks hold it")
        } else if let id = state.predecessorToKeep, issuer.succession.isSeparate, !survey.hasActive(id) {
            self = .drifted("\(id) is not in use any more at \(issuer.target), and the overlap is not over")
        } else if let successor = state.successor, let held = survey.value(of: successor.id, issuer.succession),
            held != successor.sha256
        {
            self = .drifted("somebody else has changed the secret at \(issuer.target)")
        } else if state.successor == nil, state.inUse == nil {
            self = .asLeft(others: [])
        } else {
            let known = state.ids.known + state.ids.lost + [state.inUse, state.predecessor.id].compactMap(\.self)
            self = .asLeft(others: survey.active.map(\.id).filter { !known.contains($0) })
        }
    }
}

extension IssuerSurvey {
    /// Returns the SHA-256 of the value that the issuer holds for this secret now, or nil if it does not show it.
    fileprivate func value(of id: String, _ succession: Succession) -> String? {
        switch succession {
        case .separate, .person: secret(id)?.sha256
        // The issuer holds one current value, and lists it first.
        case .stacked, .replacing: secrets.first?.sha256
        }
    }
}

extension RotationState {
    /// The id of the secret that the sinks hold, or are given now.
    fileprivate var inUse: String? {
        isRunning ? successor?.id : timetable.adopted ?? timetable.last?.id
    }

    /// The id of the old secret while the overlap lasts; from ``Phase/announced`` on it may be retired at any moment.
    fileprivate var predecessorToKeep: String? {
        guard isRunning, run.cause != .leaked, phase != .announced, phase != .retired, predecessor.deathProof == nil
        else { return nil }
        return predecessor.id
    }
}
