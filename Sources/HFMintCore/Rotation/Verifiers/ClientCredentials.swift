extension ClientCredentials {
    static let kind = Kind<any Verifier>(
        "client-credentials", help: "asks a token endpoint for a token, and throws it away",
        schema: ObjectShape([
            .required("url", .string(.url), "the token endpoint"),
            .clientID, .method,
            .optional("scope", .string(.any), "what to ask for"),
            .optional("audience", .string(.any), "for servers that want one, such as Auth0"),
            .neededLogIns,
        ]), build: ClientCredentials.init)
}

/// A log-in with client credentials: the secret works if the endpoint gives a token.
///
/// <https://www.rfc-editor.org/rfc/rfc6749#section-4.4>
struct ClientCredentials: Verifier {
    private let client: ClientLogIn
    private let fields: String
    let neededLogIns: Int

    init(_ settings: Settings) throws(MintError) {
        client = try ClientLogIn(settings)
        let named = ["scope", "audience"].compactMap { name in settings[name].map { (name, $0) } }
        fields = formEncoded([("grant_type", "client_credentials")] + named)
        neededLogIns = settings.neededLogIns
    }

    func logIn(with secret: borrowing Secret) throws(StepFailure) -> LogIn {
        let answer = try client.ask(fields, with: secret)
        if answer.status == 200, answer.hasToken { return .accepted }
        if answer.refusesClient { return .refused }
        throw client.undecided(answer)
    }
}
