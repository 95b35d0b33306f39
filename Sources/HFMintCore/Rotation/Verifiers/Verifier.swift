/// A real log-in with a client secret.
package protocol Verifier: Sendable {
    /// How many log-ins in a row must work: issuers spread a new secret over many machines.
    var attempts: Int { get }

    /// Tries `secret` once.
    ///
    /// - Throws: where neither yes nor no was heard.
    func logIn(with secret: borrowing Secret) throws(StepFailure) -> LogIn
}

package enum LogIn: Equatable, Sendable {
    case accepted
    case refused
}

/// A kind of log-in: what the manifest says of it, and how it is made from that.
package struct VerifierKind: Sendable {
    package let kind: String
    package let help: String
    package let shape: ObjectShape
    package let make: @Sendable (ManifestNode, RotationSurroundings) throws(MintError) -> any Verifier

    package init(
        _ kind: String, help: String, shape: ObjectShape,
        make: @escaping @Sendable (ManifestNode, RotationSurroundings) throws(MintError) -> any Verifier
    ) {
        self.kind = kind
        self.help = help
        self.shape = shape
        self.make = make
    }
}
