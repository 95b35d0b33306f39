internal import Synchronization

/// What is seen of a rotation's places from outside; to look changes nothing, not even the journal.
package struct Inspection: Sendable {
    package let issuer: IssuerSight
    package let sinks: [SinkSight]

    /// Whether something is not as the rotation left it.
    package var hasDrift: Bool {
        if case .drifted = issuer { return true }
        return sinks.contains(where: \.hasDrift)
    }

    /// What could not be looked at.
    package var failures: [StepFailure] {
        var failures = sinks.compactMap(\.failure)
        if case .silent(let failure) = issuer { failures.insert(failure, at: 0) }
        return failures
    }

    package enum IssuerSight: Equatable, Sendable {
        /// Nothing was asked: it has no API, or nothing is known of what should be there.
        case notAsked
        /// With ids of live secrets that appeared there since, and are not ours.
        case asLeft(others: [String])
        case drifted(String)
        case silent(StepFailure)
    }

    package struct SinkSight: Sendable {
        package let sink: any Sink
        /// `nil` where it could not be looked at: see ``failure``.
        package var presence: Sighting.Presence?
        package var failure: StepFailure?
        /// Whether what it holds logs in with the client; `nil` where that was not tried, or cannot be.
        package var logsIn: Bool?
        /// Compared with what it was given; `nil` where it was given nothing.
        package var standing: Standing?

        package var hasDrift: Bool { standing == .changed || standing == .gone }
    }
}

extension Rotations {
    /// What the targets of each rotation hold, by its name.
    ///
    /// - Parameter loggingIn: whether what can be read is tried at a log-in.
    package func sights(loggingIn: Bool) -> [String: [Inspection.SinkSight]] {
        Self.sights(definitions, loggingIn: loggingIn, in: context)
    }

    package static func sights(
        _ definitions: [RotationDefinition], loggingIn: Bool, in context: Context
    ) -> [String: [Inspection.SinkSight]] {
        sideBySide(definitions, in: context) { definition in
            definition.sinks.map { sink in
                var sight = Inspection.SinkSight(sink: sink)
                do throws(StepFailure) {
                    let sighting = try sink.look()
                    sight.presence = sighting.presence
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

    /// Whether issuers and sinks are still as each rotation left them, by its name.
    ///
    /// A rotation whose journal cannot be read is left out.
    package func inspections() -> [String: Inspection] {
        let rotations = self
        return Self.sideBySide(definitions, in: context) { definition in
            for _ in 0..<Self.mostLooks {
                guard let state = try? rotations.state(of: definition.name) else { return nil }
                let seen = Inspection(of: definition, state, in: rotations.context)
                // What another process has done meanwhile is no drift.
                guard seen.hasDrift, state != (try? rotations.state(of: definition.name)) else { return seen }
            }
            return nil
        }
    }

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
        // What a run under way began with is not what the manifest says now.
        let isOther = state.isRunning && state.definition != definition.digest
        issuer = isOther ? .notAsked : IssuerSight(of: definition, state)
        sinks = definition.sinks.map { sink in
            SinkSight(of: sink, isOther ? nil : state.evidence(of: sink.target), state.created, in: context)
        }
    }
}

extension Inspection.SinkSight {
    fileprivate init(
        of sink: any Sink, _ evidence: Evidence?, _ created: RotationState.Created?, in context: Context
    ) {
        self.init(sink: sink)
        do throws(StepFailure) {
            let sighting = try sink.look()
            presence = sighting.presence
            guard let evidence, let created else { return }
            standing = try Self.standing(of: sighting, evidence, created, in: context)
        } catch {
            failure = error
        }
    }

    private static func standing(
        of sighting: Sighting, _ evidence: Evidence, _ created: RotationState.Created, in context: Context
    ) throws(StepFailure) -> Standing {
        do throws(MintError) {
            return try sighting.standing(since: evidence, sha256: created.sha256, context.digests)
        } catch {
            throw StepFailure(.refused, error.message)
        }
    }
}

extension Inspection.IssuerSight {
    fileprivate init(of definition: RotationDefinition, _ state: RotationState) {
        guard definition.issuer.shape != .person else {
            self = .notAsked
            return
        }
        do throws(StepFailure) {
            self.init(try definition.issuer.survey(), definition.issuer, state)
        } catch {
            self = .silent(error)
        }
    }

    private init(_ survey: IssuerSurvey, _ issuer: any Issuer, _ state: RotationState) {
        let alive = survey.secrets.filter(\.isActive)
        let isLive = { (id: String) in alive.contains { $0.id == id } }
        if let id = state.inUse, !isLive(id) {
            self = .drifted("\(id) is not in use any more at \(issuer.target), and sinks hold it")
        } else if let id = state.promised, case .separate = issuer.shape, !isLive(id) {
            self = .drifted("\(id) is not in use any more at \(issuer.target), and the overlap is not over")
        } else if let created = state.created, let held = survey.value(of: created.id, issuer.shape),
            held != created.sha256
        {
            self = .drifted("somebody else has changed the secret at \(issuer.target)")
        } else if state.created == nil, state.inUse == nil {
            self = .asLeft(others: [])
        } else {
            let known = state.knownIDs + state.lost + [state.inUse, state.predecessor].compactMap(\.self)
            self = .asLeft(others: alive.map(\.id).filter { !known.contains($0) })
        }
    }
}

extension IssuerSurvey {
    /// The SHA-256 of what the issuer has in place of this secret, where it shows that.
    fileprivate func value(of id: String, _ shape: IssuerShape) -> String? {
        switch shape {
        case .separate, .person: secrets.first { $0.id == id }?.sha256
        // One place: the first is the current one.
        case .stacked, .replacing: secrets.first?.sha256
        }
    }
}

extension RotationState {
    /// The secret that the sinks hold, or are given now.
    fileprivate var inUse: String? {
        guard isRunning else { return adopted ?? last?.id }
        return created?.id
    }

    /// The old secret, as long as nobody has begun to retire it.
    fileprivate var promised: String? {
        guard isRunning, cause != .leaked, phase != .retired, deathEvidence == nil,
            pending != .deactivate, pending != .delete
        else { return nil }
        return predecessor
    }
}
