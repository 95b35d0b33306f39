/// Why only a person can go on with a rotation.
package struct Attention: Equatable, Sendable {
    /// Each is a section of the runbook, which says what is true then, and what to type.
    package enum Reason: String, CaseIterable, Sendable {
        /// An issuer, a sink, a log-in or a program said no, and would say so again.
        case refused
        /// A step failed as often as it is tried.
        case triesUsedUp = "tries-used-up"
        /// Nothing is at a sink's target, and its sink does not say that it may be made.
        case targetMissing = "target-missing"
        /// What a sink holds before its first rotation does not log in with the client.
        case targetUnproven = "target-unproven"
        /// Somebody else has written a sink since it got the new secret, and it may not be written again unasked.
        case sinkChanged = "sink-changed"
        /// The issuer takes no more secrets beside those that it holds.
        case noRoom = "no-room"
        /// A live secret of the client carries the marker of another rotation.
        case otherRotation = "other-rotation"
        /// Only a person can make the new secret.
        case pressRefresh = "press-refresh"
        /// The new secret was never accepted at a log-in.
        case logInRefused = "log-in-refused"
        /// The issuer's one place holds another value than the one that was put there.
        case changedByOthers = "changed-by-others"
        /// Some sinks hold a secret whose value is gone, and no other may be made.
        case valueLost = "value-lost"
        /// An endpoint that must agree to the end of the old secret has not.
        case notAcknowledged = "not-acknowledged"
        /// The issuer took the order to retire the old secret, and nothing proves that it is dead.
        case deathUnproven = "death-unproven"
        /// What the manifest says is not what the run began with.
        case definitionChanged = "definition-changed"
        /// An event for a callback cannot be signed.
        case callbackUnsigned = "callback-unsigned"
        /// A library that computes or proves something is missing.
        case libraryMissing = "library-missing"
        /// The journal was written by a clock that was ahead of the present one, or the present one is behind.
        case clockWasAhead = "clock-was-ahead"
        /// The journal lacks something that every step before has written.
        case journalIncomplete = "journal-incomplete"
    }

    package let reason: Reason
    /// Lower case, names the server and what was asked of it, never what it said.
    package let message: String

    package init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    /// The run under way is not about what the manifest says now.
    package static let manifestChanged = Attention(
        .definitionChanged,
        "its client, sinks or endpoints in the manifest are not those that the run under way began with")

    /// What to read and to type next.
    ///
    /// - Parameter command: how an operation of `hfmint rotate` is called, with what stands behind its options.
    package func hint(for rotation: String, _ command: (_ operation: String, _ rest: String) -> String) -> String {
        let page = "hfmint help rotate runbook \(reason.rawValue)"
        return switch reason {
        case .pressRefresh: "\(command("supply", "\(rotation) < FILE")) (\(page) says what is true now)"
        case .targetUnproven, .sinkChanged:
            "\(page) says what is true now and what to type; then: \(command("resume", rotation)), with --overwrite if what is there may be lost"
        default: "\(page) says what is true now and what to type; then: \(command("resume", rotation))"
        }
    }
}
