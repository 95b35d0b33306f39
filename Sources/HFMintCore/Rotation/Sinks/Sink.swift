/// A place where the new secret must arrive.
///
/// Each kind of sink is one file of this folder: first its `Kind` and the table of its `answers`, then the type with
/// its calls. `SinkKinds` lists them, and `Settings+Sink` reads what their manifests share. The machine
/// checks a sink with ``preflight()``, looks at it before a secret is made (``look()`` returns a ``Sighting``), and
/// writes it. The ``Evidence`` of the write goes into the journal, so that a later sighting tells what has become of
/// the secret (``Standing``). A sink never deletes its target, knows no issuer, and claims no more than it saw.
///
/// ```swift
/// try sink.preflight()
/// let evidence = try sink.write(secret, idempotencyKey: key)
/// let standing = try sink.look().standing(since: evidence, sha256: sha256) { try context.sha256($0.secret) }
/// ```
package protocol Sink: Sendable {
    /// The sink's name, for messages, by which no two rotations write one sink; it holds no secret.
    var target: String { get }

    /// Whether ``look()`` returns the value.
    var isReadable: Bool { get }

    /// Whether ``look()`` shows that somebody else has written the sink.
    var showsChange: Bool { get }

    /// Checks that the credential is accepted and that a write would work, and changes nothing.
    func preflight() throws(StepFailure)

    /// Writes the value, and returns what the sink showed of it; the same `idempotencyKey` twice is one write.
    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence

    /// Returns what the sink shows now, and changes nothing.
    func look() throws(StepFailure) -> Sighting

    /// Begins to watch the app that reads the sink; nil if the manifest does not ask for its health.
    ///
    /// - Parameter isWritten: whether the sink has the new secret, so that nobody knows how the app was before.
    func watch(isWritten: Bool) throws(StepFailure) -> SpaceWatch?
}

/// A sink shows its value, and so each change of it, unless it says otherwise.
extension Sink {
    package var isReadable: Bool { true }
    package var showsChange: Bool { true }
    package func watch(isWritten: Bool) throws(StepFailure) -> SpaceWatch? { nil }
}

/// What shows that a sink holds the new secret.
package struct Evidence: Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// The value was read back, and is the same.
        case readBack = "read back"
        /// The sink named the version that it made.
        case version
        /// The sink shows a later time of change.
        case updated
        /// The sink accepted the write, and shows nothing.
        case accepted
    }

    package var kind: Kind
    /// A version or a time, which ``Sink/look()`` shows again; never a value.
    package var detail: String?

    init(_ kind: Kind, _ detail: String? = nil) {
        self.kind = kind
        self.detail = detail
    }

    /// Makes the evidence of a sink that shows only when it was last changed, now and `before` the write.
    init(updatedAt: String?, before: String?) {
        self.init(updatedAt == nil || updatedAt == before ? .accepted : .updated, updatedAt)
    }

    /// The kind of evidence and its detail, such as `version 7`.
    package var words: String { detail.map { "\(kind.rawValue) \($0)" } ?? kind.rawValue }
}
