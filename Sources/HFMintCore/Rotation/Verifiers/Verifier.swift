/// A real log-in with a client secret.
///
/// Each kind of log-in is one file of this folder, and `VerifierKinds` lists them. Those that ask a token endpoint send
/// their form through `ClientLogIn`, with the table of `TokenEndpointAnswers`. The machine logs in with a new secret
/// until ``neededLogIns`` in a row have worked, and only then writes the sinks. A verifier tries once and keeps no
/// token. It throws if the answer is neither yes nor no, so that an outage is never taken for a refusal.
package protocol Verifier: Sendable {
    /// The number of log-ins in a row that must work, as an issuer spreads a new secret over many machines.
    var neededLogIns: Int { get }

    /// Logs in with `secret` once.
    ///
    /// - Throws: a failure if the answer is neither yes nor no.
    func logIn(with secret: borrowing Secret) throws(StepFailure) -> LogIn
}

package enum LogIn: Equatable, Sendable {
    case accepted
    case refused
}
