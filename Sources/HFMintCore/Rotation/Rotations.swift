internal import Synchronization

/// All rotations of a manifest, with the directory that remembers them.
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

    /// How one rotation fared in this run of hfmint.
    package struct Outcome: Sendable {
        package let name: String
        /// Whether old and new secret were alive side by side.
        package let overlaps: Bool
        package let progress: Progress
        package let state: RotationState

        package enum Progress: Equatable, Sendable {
            case finished
            case notDue(until: Timestamp?)
            case waiting(until: Timestamp, because: String)
            /// A try failed; the next one is for a later run.
            case retrying(from: Timestamp, because: String)
            case attention(Attention)
            /// Another process works on it.
            case busy
            case failed(String)
            /// What comes next must be recorded first, and could not be: it waits.
            case unrecorded(String)
        }
    }

    /// What a run is for.
    package enum Order: Sendable {
        /// Whatever is due, and whatever is under way.
        case due
        /// These, now, whether or not they are due.
        ///
        /// A leaked secret may wait `grace` seconds at the most for sinks that fail; `nil`: for all of them. With
        /// `overwriting`, what the sinks hold may be lost, whatever it is.
        case now(RotationState.Cause, grace: Int? = nil, overwriting: Bool = false)
        /// This one, to a secret that a person has made.
        case supplied(SharedSecret)

        var supplied: SharedSecret? {
            if case .supplied(let secret) = self { secret } else { nil }
        }

        var grace: Int? {
            if case .now(_, let grace, _) = self { grace } else { nil }
        }
    }

    /// Takes each as far as it can go now, side by side.
    package func run(_ names: [String]? = nil, order: Order) -> [Outcome] {
        audit.act()
        let chosen = definitions.filter { names?.contains($0.name) ?? true }
        let outcomes = Mutex<[String: Outcome]>([:])
        let units = chosen.map { definition in
            let unit = RotationUnit(definition, order: order, directory: directory, audit: audit, context: context)
            return { @Sendable () -> Duration? in
                switch unit.advance() {
                case .again(let wait): return wait
                case .over(let outcome):
                    outcomes.withLock { $0[definition.name] = outcome }
                    return nil
                }
            }
        }
        context.workers.run(units)
        let done = outcomes.withLock { $0 }
        return chosen.compactMap { done[$0.name] }
    }

    /// The state of one rotation, whoever holds it.
    package func state(of name: String) throws(FileFailure) -> RotationState {
        let fileName = RotationJournal.fileName(name)
        guard let bytes = try directory.read(fileName, limit: 64 << 20)?.reveal({ $0.bytes }) else {
            return RotationState()
        }
        return try RotationJournal.lastState(in: bytes, at: directory.journalPath(of: name))
    }

    /// Rotations that this journal knows to be under way, or about to begin, and that are not among the definitions.
    package var forgotten: [RotationState.Named] {
        let known = Set(definitions.map { RotationJournal.fileName($0.name) })
        return directory.names.filter { !known.contains($0) }.compactMap { fileName in
            guard let name = RotationJournal.rotation(ofFile: fileName), let state = try? state(of: name),
                state.isRunning || state.wanted != nil
            else { return nil }
            return RotationState.Named(name: name, state: state)
        }
    }

    /// Opens the journal of one rotation, and lends it.
    ///
    /// - Throws: ``MintError/Code/stateUnusable`` if another process holds it.
    package func withJournal<Result>(
        of name: String, _ body: (RotationJournal) throws(MintError) -> Result
    ) throws(MintError) -> Result {
        audit.act()
        let journal: RotationJournal
        do throws(FileFailure) {
            guard let file = try directory.openLog(RotationJournal.fileName(name)) else {
                throw FileFailure(directory.journalPath(of: name), "another process works on it")
            }
            journal = try RotationJournal(
                file, at: directory.journalPath(of: name), audit: RotationAudit(name, in: audit, context))
        } catch {
            throw .journal(error)
        }
        return try body(journal)
    }
}

extension PrivateDirectory {
    func journalPath(of rotation: String) -> String { "\(path)/\(RotationJournal.fileName(rotation))" }
}
