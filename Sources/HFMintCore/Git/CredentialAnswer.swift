/// A helper's answer to git, in one text.
package struct CredentialAnswer: Sendable {
    package let pieces: [TextOrToken]
}

extension CredentialAnswer {
    /// Answers with a token: as a bearer credential if the caller understands that and the server asked for it, else
    /// as the password of any user name.
    ///
    /// Only git 2.46 and later announces that it does. Git before 2.40 ignores the expiry.
    package init(_ token: HubToken, for description: CredentialDescription) {
        let pieces: [TextOrToken]
        if description.announces("authtype"), description.mayUse(scheme: "Bearer") {
            pieces = [.text("capability[]=authtype\nauthtype=Bearer\nephemeral=1\ncredential="), .token(token.bearer)]
        } else {
            // Git keeps the user name that it knows if the answer leaves it out.
            let isKnown = description.username.map { !$0.isEmpty } ?? false
            pieces = [.text(isKnown ? "password=" : "username=hf_user\npassword="), .token(token.bearer)]
        }
        self.init(pieces: pieces + [.text("\npassword_expiry_utc=\(token.expiresAt.secondsSince1970)\n")])
    }

    /// Ends git's search for a credential: git asks no other helper, and prompts nobody.
    package static let quit = CredentialAnswer(pieces: [.text("quit=1\n")])

    /// Tells git what this helper can do; gits since 2.46 ask.
    package static let capabilities = CredentialAnswer(pieces: [.text("version 0\ncapability authtype\n")])
}
