/// All rotations of a manifest, with the directory that holds their journals.
///
/// This folder replaces the client secrets of other services:
///
/// - `RotationShape` and `RotationDefinition` read one rotation from the manifest. `Rotations` runs all of them, each
///   as a `RotationUnit` on one thread.
/// - `RotationMachine` takes one rotation through its phases (`Phases/`): a new secret is made at an issuer
///   (`Issuers/`), tried at a log-in (`Verifiers/`), written to every sink (`Sinks/`), and the old one is retired.
/// - `Journal/` keeps the state of each rotation, `Callbacks/` tells endpoints, `Schedule/` says when a run is due.
/// - `Inspection` and `Readiness` only look. `Interventions` changes a rotation at a person's order.
///
/// A rotation never retires the old secret before each sink has confirmed the new one, unless the old one leaked and
/// its grace is over, or the issuer kills it at once. It never records a value. It asks before it repeats an act whose
/// result it does not know.
///
/// ```swift
/// let rotations = Rotations(definitions, in: directory, audit: audit, context: context)
/// for result in rotations.run(order: .due) { print(result.name, result.stop) }
/// ```
package struct Rotations: Sendable {
    package let definitions: [RotationDefinition]
    package let directory: any PrivateDirectory
    private let audit: AuditTrail
    let context: Context

    package init(
        _ definitions: [RotationDefinition], in directory: any PrivateDirectory, audit: AuditTrail, context: Context
    ) {
        self.definitions = definitions
        self.directory = directory
        self.audit = audit
        self.context = context
    }

    /// How far this call of hfmint has taken one rotation.
    package struct RunResult: Sendable {
        package let name: String
        /// Whether old and new secret are alive side by side during a run.
        package let overlaps: Bool
        package let stop: Stop
        package let state: RotationState

        /// Why this call of hfmint stopped working on the rotation.
        package enum Stop: Equatable, Sendable {
            case finished
            case notDue(until: Timestamp?)
            case waiting(until: Timestamp, because: String)
            /// A step failed, and a later run tries it again.
            case retrying(from: Timestamp, because: String)
            case attention(Attention)
            /// Another process works on it.
            case busy
            case failed(String)
            /// The next act waits, as the audit log could not record it.
            case unrecorded(String)
        }
    }

    /// What a run is for.
    package enum Order: Sendable {
        /// Begins runs that are due, and goes on with those under way.
        case due
        /// Begins a run now, or goes on with the one under way.
        ///
        /// A leaked secret waits at most `grace` seconds for sinks that fail, or for all sinks if that is nil. With
        /// `overwriting`, the sinks are overwritten whatever they hold.
        case now(RotationState.Cause, grace: Int? = nil, overwriting: Bool = false)
        /// Rotates to a secret that a person has made.
        case supplied(SharedSecret)

        var supplied: SharedSecret? {
            if case .supplied(let secret) = self { secret } else { nil }
        }

        var grace: Int? {
            if case .now(_, let grace, _) = self { grace } else { nil }
        }
    }

    /// Takes the named rotations, or all, as far as they can go now, side by side.
    package func run(_ names: [String]? = nil, order: Order) -> [RunResult] {
        audit.beginActing()
        let units = definitions.filter { names?.contains($0.name) ?? true }.map { RotationUnit($0, order, in: self) }
        context.workers.run(units.map { unit in { @Sendable in unit.advance() } })
        return units.compactMap(\.result)
    }

    /// Returns the recorded state of a rotation, even while another process works on it.
    package func state(of name: String) throws(FileFailure) -> RotationState {
        let fileName = RotationJournal.fileName(name)
        guard let bytes = try directory.read(fileName, limit: 64 << 20)?.reveal({ $0.bytes }) else {
            return RotationState()
        }
        return try RotationJournal.lastState(in: bytes, at: directory.journalPath(of: name))
    }

    /// Reads which rotations are under way or about to begin, and not defined by the manifest any more.
    package func forgotten() -> [(name: String, state: RotationState)] {
        let known = Set(definitions.map { RotationJournal.fileName($0.name) })
        return directory.names.filter { !known.contains($0) }.compactMap { fileName in
            guard let name = RotationJournal.rotation(ofFile: fileName), let state = try? state(of: name),
                state.isRunning || state.timetable.wanted != nil
            else { return nil }
            return (name, state)
        }
    }

    /// Opens the journal of one rotation, and keeps other processes out while it is used.
    ///
    /// - Returns: nil if another process holds the journal.
    func openJournal(of name: String) throws(FileFailure) -> RotationJournal? {
        guard let file = try directory.openLog(RotationJournal.fileName(name)) else { return nil }
        return try RotationJournal(
            file, at: directory.journalPath(of: name), audit: RotationAudit(name, in: audit, context))
    }

    /// Opens the journal of one rotation for a person's order.
    ///
    /// - Throws: ``MintError/Code/stateUnusable`` if another process holds the journal.
    func journal(of name: String) throws(MintError) -> RotationJournal {
        audit.beginActing()
        do throws(FileFailure) {
            if let journal = try openJournal(of: name) { return journal }
            throw FileFailure(directory.journalPath(of: name), "another process works on it")
        } catch {
            throw .journal(error)
        }
    }
}

extension PrivateDirectory {
    func journalPath(of rotation: String) -> String { "\(path)/\(RotationJournal.fileName(rotation))" }
}
