/// A place where the new secret must arrive.
package protocol Sink: Sendable {
    /// Which place this is, for messages, and so that no two rotations write one; it holds no secret.
    var target: String { get }

    /// Whether ``look()`` gives the value back.
    var isReadable: Bool { get }

    /// Whether ``look()`` would show that somebody else has written it since.
    var showsChange: Bool { get }

    /// Whether the credential is accepted and the target is there, without any change.
    func preflight() throws(StepFailure)

    /// Writes the value; the same `idempotencyKey` twice is one write.
    ///
    /// - Returns: what the sink showed of it: never more than was seen.
    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence

    /// What is there now, without any change.
    func look() throws(StepFailure) -> Sighting
}

/// How it is known that a sink holds the new secret.
package struct Evidence: Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// The value was read back, and is the same.
        case readBack = "read back"
        /// The sink named the version that it made.
        case version
        /// The sink shows a later time of change.
        case updated
        /// The sink said yes, and shows nothing.
        case accepted
    }

    package let kind: Kind
    /// A version, or a time, which ``Sink/look()`` shows again; never a value.
    package let detail: String?

    package init(_ kind: Kind, _ detail: String? = nil) {
        self.kind = kind
        self.detail = detail
    }
}
