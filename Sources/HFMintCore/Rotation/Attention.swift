/// What a person must know, and do, before a rotation can go on.
package struct Attention: Equatable, Sendable {
    /// Each reason has a section in the runbook, which says what is true then, and what to type.
    package enum Reason: String, CaseIterable, Sendable {
        /// An issuer, a sink, a log-in or a program refused, and would refuse again.
        case refused
        /// A step failed at its last try.
        case triesUsedUp = "tries-used-up"
        /// A sink's target does not exist, and the manifest does not allow hfmint to make it.
        case targetMissing = "target-missing"
        /// The value that a sink holds before its first rotation does not log in with the client.
        case targetUnproven = "target-unproven"
        /// Somebody else has written a sink since it got the new secret, so it is not written again unasked.
        case sinkChanged = "sink-changed"
        /// The issuer holds as many secrets as it takes.
        case noRoom = "no-room"
        /// A live secret of the client carries the marker of another rotation.
        case otherRotation = "other-rotation"
        /// Only a person can make the new secret.
        case pressRefresh = "press-refresh"
        /// The new secret was never accepted at a log-in.
        case logInRefused = "log-in-refused"
        /// Somebody else has changed the value at an issuer that holds one current value.
        case changedByOthers = "changed-by-others"
        /// Some sinks hold a secret whose value is lost, and no other secret may be made.
        case valueLost = "value-lost"
        /// An app that reads the new secret was not seen healthy after it was written.
        case appUnhealthy = "app-unhealthy"
        /// An endpoint that must agree to the end of the old secret has not agreed.
        case notAcknowledged = "not-acknowledged"
        /// The issuer took the order to retire the old secret, and nothing proves that it is dead.
        case deathUnproven = "death-unproven"
        /// The manifest has changed since the run began.
        case definitionChanged = "definition-changed"
        /// An event for a callback cannot be signed.
        case callbackUnsigned = "callback-unsigned"
        /// A library that computes or proves something is missing.
        case libraryMissing = "library-missing"
        /// The journal has a moment that is in the future by this machine's clock: one of the clocks is wrong.
        case clockWasAhead = "clock-was-ahead"
        /// The journal lacks what an earlier step must have written.
        case journalIncomplete = "journal-incomplete"
    }

    package var reason: Reason
    /// A clause that names the server and what was asked of it, never what the server answered.
    package var message: String

    package init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    /// The manifest has changed since the run under way began.
    package static let manifestChanged = Attention(
        .definitionChanged,
        "its client, sinks or endpoints in the manifest are not those that the run under way began with")

    /// Returns what to read and to type next.
    ///
    /// - Parameter command: returns the command line of an operation of `hfmint rotate`, with `rest` at its end.
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
