/// Why one step of a rotation did not do what it should, sorted by what may be done next.
///
/// Issuers, sinks, verifiers and the machine's own steps throw it; the machine catches it, and tries again, stops for a
/// person, or gives up.
package struct StepFailure: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// Nothing happened, and the same step may work in a moment.
        case transient(retryAfterSeconds: Int?)
        /// Nobody knows whether it happened: the world must be asked before it is repeated.
        case ambiguous
        /// Nothing happened, and the same step will be refused again.
        case refused
        /// Only a person can go on.
        case needsPerson(Attention.Reason)
        /// The journal cannot be written: nothing more may be done.
        case unwritten(FileFailure)
    }

    package let kind: Kind
    /// Lower case, names the place and what was asked of it, and of what it said no more than its code.
    package let message: String
    /// How long to leave the server alone, where it may have acted.
    let retryAfterSeconds: Int?

    package init(_ kind: Kind, _ message: String, retryAfterSeconds: Int? = nil) {
        self.kind = kind
        self.message = message
        self.retryAfterSeconds = if case .transient(let seconds) = kind { seconds } else { retryAfterSeconds }
    }

    static func needsPerson(_ reason: Attention.Reason, _ message: String) -> StepFailure {
        StepFailure(.needsPerson(reason), message)
    }

    static func needsPerson(_ attention: Attention) -> StepFailure { needsPerson(attention.reason, attention.message) }

    static func unwritten(_ failure: FileFailure) -> StepFailure { StepFailure(.unwritten(failure), failure.reason) }

    /// Whether an issuer, a sink or a log-in failed: another try may do better, or other sinks may go on.
    var isOfTheWorld: Bool {
        switch kind {
        case .transient, .ambiguous, .refused: true
        case .needsPerson, .unwritten: false
        }
    }

    /// Of a secret that could not be read: the program that gives it may ask to come back.
    ///
    /// - Parameter place: what wanted it, for the message.
    init(_ error: MintError, at place: String? = nil) {
        let passes = error.code.exitStatus == .retryLater || error.code == .networkForbidden
        self.init(
            passes ? .transient(retryAfterSeconds: nil) : .refused,
            place.map { "\($0): \(error.message)" } ?? error.message)
    }
}
