/// A failed step of a rotation, sorted by what may be done next.
///
/// Issuers, sinks, verifiers and the machine's own steps throw it. The machine catches it, and then tries again, stops
/// for a person, or gives up.
package struct StepFailure: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// Nothing happened, or repeating it does no harm; the same step may work in a moment.
        case transient(retryAfterSeconds: Int?)
        /// Nobody knows whether it happened: the issuer or sink must be asked before the step is repeated.
        case ambiguous
        /// Nothing happened, and the same step will be refused again.
        case refused
        /// Only a person can go on.
        case needsPerson(Attention.Reason)
        /// The journal cannot be written, so nothing more may be done.
        case unwritten(FileFailure)
    }

    package let kind: Kind
    /// In lower case: the issuer, sink or log-in, what it was asked, and of its answer no more than the code.
    package let message: String
    /// How many seconds the server asks hfmint to wait, or nil.
    let retryAfterSeconds: Int?

    package init(_ kind: Kind, _ message: String, retryAfterSeconds: Int? = nil) {
        self.kind = kind
        self.message = message
        self.retryAfterSeconds = if case .transient(let seconds) = kind { seconds } else { retryAfterSeconds }
    }

    /// Makes the failure of a step that may work in a moment, of a server that does not say when.
    static func transient(_ message: String) -> StepFailure { StepFailure(.transient(retryAfterSeconds: nil), message) }

    static func needsPerson(_ reason: Attention.Reason, _ message: String) -> StepFailure {
        StepFailure(.needsPerson(reason), message)
    }

    static func needsPerson(_ attention: Attention) -> StepFailure { needsPerson(attention.reason, attention.message) }

    static func unwritten(_ failure: FileFailure) -> StepFailure { StepFailure(.unwritten(failure), failure.reason) }

    /// The failure of a step that does no harm if it is repeated, should nobody know whether it happened.
    var repeatable: StepFailure {
        kind == .ambiguous ? StepFailure(.transient(retryAfterSeconds: retryAfterSeconds), message) : self
    }

    /// Whether an issuer, a sink or a log-in failed, so that the other sinks may go on without this one.
    var isExternal: Bool {
        switch kind {
        case .transient, .ambiguous, .refused: true
        case .needsPerson, .unwritten: false
        }
    }

    /// Makes the failure for a secret that could not be read: transient if its source asks hfmint to come back.
    ///
    /// - Parameter name: the issuer, sink or log-in that needs the secret, for the message.
    init(_ error: MintError, at name: String? = nil) {
        let passes = error.code.exitStatus == .retryLater || error.code == .networkForbidden
        self.init(
            passes ? .transient(retryAfterSeconds: nil) : .refused,
            name.map { "\($0): \(error.message)" } ?? error.message)
    }
}
