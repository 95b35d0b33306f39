internal import Synchronization

extension ClientAuthentication {
    static let kind = Kind<any Verifier>(
        "client-authentication", help: "logs in with a code that does not exist, so that no token is made",
        schema: ObjectShape([
            .optional("url", .string(.url), "the token endpoint (https://huggingface.co/oauth/token)"),
            .clientID, .method,
            .optional("redirectUri", .string(.any), "for servers that look at it before the code"),
            .neededLogIns,
        ]), build: ClientAuthentication.init)
}

/// A log-in with an authorization code that nobody issued: `invalid_grant` means that the client was accepted.
///
/// That holds only if the endpoint checks the client before the code. So the first yes is tested with a secret that
/// cannot be right. If the endpoint accepts that secret too, its yes proves nothing.
///
/// <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>
final class ClientAuthentication: Verifier {
    private let client: ClientLogIn
    private let redirectURI: String?
    let neededLogIns: Int
    private let tellsClientsApart = Mutex(false)

    init(_ settings: Settings) throws(MintError) {
        client = try ClientLogIn(settings, defaultURL: "https://huggingface.co/oauth/token")
        redirectURI = settings["redirectUri"]
        neededLogIns = settings.neededLogIns
    }

    func logIn(with secret: borrowing Secret) throws(StepFailure) -> LogIn {
        let answer = try ask(with: secret)
        guard answer == .accepted, !tellsClientsApart.withLock({ $0 }) else { return answer }
        guard try ask(with: Secret(copying: randomText().utf8)) == .refused else {
            throw StepFailure(
                .refused,
                "\(client.name): \(client.url.origin.host) looks at the code before the client's secret; "
                    + "use client-credentials or command")
        }
        tellsClientsApart.withLock { $0 = true }
        return .accepted
    }

    /// Tries `secret` once with a new code.
    private func ask(with secret: borrowing Secret) throws(StepFailure) -> LogIn {
        let redirect = redirectURI.map { "&redirect_uri=\(percentEncoded($0))" } ?? ""
        let answer = try client.ask("grant_type=authorization_code&code=\(randomText())\(redirect)", with: secret)
        if answer.status == 400, answer.error == "invalid_grant" { return .accepted }
        if answer.refusesClient { return .refused }
        throw client.undecided(answer)
    }

    /// Returns 128 random bits in hexadecimal.
    private func randomText() -> String {
        (0..<2).map { _ in
            let digits = String(client.context.random(), radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }
}
