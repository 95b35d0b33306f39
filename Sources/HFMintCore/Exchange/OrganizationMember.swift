/// A member of an Enterprise organization, for whom the organization's own OAuth application asks for a token.
///
/// The application shows the Hub its secret and no ID token: with the secret, anybody can ask for any member.
///
/// <https://huggingface.co/docs/hub/oauth>
package struct OrganizationMember: Equatable, Sendable {
    package let email: String
    package let client: OrganizationClient
    /// The scopes, sorted, each once, at least one: without a scope the Hub would give all that the application has.
    package let scopes: [String]

    /// - Throws: ``MintError/Code/usage`` if the e-mail address or a scope is malformed, or there are no scopes.
    package init(email: String, client: OrganizationClient, scopes: [String]) throws(MintError) {
        guard Self.isEmail(email) else {
            throw .usage("'\(email)' is not an e-mail address", hint: "write the member's address on the Hub")
        }
        for scope in scopes where !Self.isScope(scope) {
            throw .usage(
                "'\(scope)' is not a scope", hint: "give --scope once for each: --scope read-repos --scope write-repos")
        }
        guard (1...100).contains(scopes.count) else {
            throw .usage(
                scopes.isEmpty ? "no scope was named" : "more than 100 scopes were named",
                hint: "say what the token is for, such as --scope read-repos; without one the Hub would give all")
        }
        self.email = email
        self.client = client
        self.scopes = Set(scopes).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func isEmail(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        return bytes.count <= 254 && bytes.allSatisfy(\.isASCIIVisible) && parts.count == 2
            && parts.allSatisfy { !$0.isEmpty }
    }

    /// Whether `text` is one word of the standard, without a comma, which people write between words.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc6749#section-3.3>
    private static func isScope(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                $0.isASCIIVisible && $0 != ASCII.quote && $0 != ASCII.backslash && $0 != ASCII.comma
            }
    }
}

/// An OAuth application: the references to its id and secret.
package struct OrganizationClient: Equatable, Sendable {
    package let id: SecretReference
    package let secret: SecretReference
    /// The folder from which relative paths count; empty for the working directory.
    package let folder: String

    package init(id: SecretReference, secret: SecretReference, folder: String = "") {
        self.id = id
        self.secret = secret
        self.folder = folder
    }

    /// Reads the client's id, which is not secret.
    package func readID(in context: Context) throws(MintError) -> String {
        let id = try read(id, "id", in: context)
        return id.reveal { $0.text }
    }

    /// Reads the client's secret; anew at every call, as it may have been rotated.
    package func readSecret(in context: Context) throws(MintError) -> Secret {
        try read(secret, "secret", in: context)
    }

    /// - Throws: also if the value cannot be a client's id or secret (RFC 6749, appendix A), which the error does not
    ///   quote.
    private func read(_ reference: SecretReference, _ what: String, in context: Context) throws(MintError) -> Secret {
        let value: Secret
        do throws(MintError) {
            value = try reference.read(relativeTo: folder, in: context)
        } catch {
            throw MintError(error.code, "the client's \(what): \(error.message)", hint: error.hint)
        }
        let isVisible = value.reveal { text in
            (1...4_096).contains(text.count)
                && text.indices.allSatisfy { text[$0].isASCIIVisible || text[$0] == ASCII.space }
        }
        guard isVisible else {
            throw MintError(
                .stateUnusable, "the client's \(what) is empty, too long, or not one line of plain characters",
                hint: "look at what \(reference.source) holds")
        }
        return value
    }
}
