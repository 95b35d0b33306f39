/// What hfmint tells git, in one text.
package struct CredentialAnswer: Sendable {
    package let pieces: [TextOrToken]

    /// A token: as a bearer credential where the caller understands that and the server asked for it, else as the
    /// password of any user name.
    ///
    /// Callers older than git 2.46 ignore what they do not know; those older than 2.40 the expiry too.
    package init(_ token: HubToken, for description: CredentialDescription) {
        var pieces: [TextOrToken] = []
        if description.announces("authtype"), description.mayUse(scheme: "Bearer") {
            pieces = [.text("capability[]=authtype\nauthtype=Bearer\nephemeral=1\ncredential="), .token(token.bearer)]
        } else {
            // One that is known already stays as it is: what a helper leaves out, git keeps.
            let isKnown = description.username.map { !$0.isEmpty } ?? false
            pieces = [.text(isKnown ? "password=" : "username=hf_user\npassword="), .token(token.bearer)]
        }
        self.pieces = pieces + [.text("\npassword_expiry_utc=\(token.expiresAt.secondsSince1970)\n")]
    }

    private init(pieces: [TextOrToken]) {
        self.pieces = pieces
    }

    /// Ends git's search for a credential: no other helper is asked, and nobody is prompted.
    package static let quit = CredentialAnswer(pieces: [.text("quit=1\n")])

    /// For git's question what this helper can do (git 2.46).
    package static let capabilities = CredentialAnswer(pieces: [.text("version 0\ncapability authtype\n")])
}
