/// A real log-in with a client secret.
package protocol Verifier: Sendable {
    /// How many log-ins in a row must work: issuers spread a new secret over many machines.
    var neededLogIns: Int { get }

    /// Tries `secret` once.
    ///
    /// - Throws: where neither yes nor no was heard.
    func logIn(with secret: borrowing Secret) throws(StepFailure) -> LogIn
}

package enum LogIn: Equatable, Sendable {
    case accepted
    case refused
}
