/// A secret that the manifest points at, with what reading it takes.
struct SecretSource: Sendable {
    let reference: SecretReference
    /// The folder of the manifest, from which relative paths count.
    let folder: String
    let context: Context

    func read(_ content: SecretReference.Content = .line) throws(MintError) -> Secret {
        try reference.read(content, relativeTo: folder, in: context)
    }

    /// Reads the secret for the issuer, sink or log-in `name`, which begins the message of a failure.
    func read(for name: String) throws(StepFailure) -> Secret {
        do throws(MintError) {
            return try read()
        } catch {
            throw StepFailure(error, at: name)
        }
    }

    /// Reads what is no secret, such as a client's id.
    func text(for name: String) throws(StepFailure) -> String {
        try read(for: name).reveal { $0.text }
    }
}

extension Context {
    /// Returns the SHA-256 of a secret in hexadecimal.
    ///
    /// - Parameter failure: makes the failure of a machine without libcrypto; by default, one that needs a person.
    func sha256(
        _ secret: borrowing Secret,
        else failure: (MintError) -> StepFailure = { .needsPerson(.libraryMissing, $0.message) }
    ) throws(StepFailure) -> String {
        do throws(MintError) {
            return try digests.sha256(secret).hexadecimal
        } catch {
            throw failure(error)
        }
    }
}
