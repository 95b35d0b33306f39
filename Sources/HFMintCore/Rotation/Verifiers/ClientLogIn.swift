/// A client and its token endpoint.
///
/// <https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1>
struct ClientLogIn: Sendable {
    enum Method: String, CaseIterable {
        case basic = "client_secret_basic"
        case post = "client_secret_post"
    }

    /// The log-in with the client as the manifest names it, for messages.
    let name: String
    let url: HTTPURL
    let context: Context
    /// The client's id, unless ``idSource`` gives it.
    private let clientID: String
    /// Where the client's id is, if the manifest does not have it: `env:NAME` or `file:PATH`.
    private let idSource: SecretSource?
    private let method: Method

    /// Reads the settings, and keeps the URL exactly as it is given: a slash at its end may matter.
    init(_ settings: Settings, defaultURL: String? = nil) throws(MintError) {
        name = try settings.name("clientId")
        url = try settings.url(default: defaultURL)
        clientID = try settings.text("clientId")
        idSource = SecretReference(parsing: clientID).map { settings.surroundings.source($0) }
        method = settings["method"].flatMap { Method(rawValue: $0) } ?? .basic
        context = settings.context
    }

    /// What the token endpoint answered.
    struct TokenResponse {
        let status: Int
        /// The OAuth error, or nil.
        let error: String?
        /// Whether it held a token, which is not kept.
        let hasToken: Bool

        /// Whether the endpoint refused the client's secret.
        ///
        /// The standard's word is `invalid_client`. With 401, which means nothing else, Keycloak says
        /// `unauthorized_client` (<https://github.com/keycloak/keycloak/issues/16923>) and Auth0 `access_denied`
        /// (<https://github.com/auth0/node-auth0/issues/682>).
        var refusesClient: Bool {
            switch (status, error) {
            case (400, "invalid_client"), (401, "invalid_client"), (401, "unauthorized_client"),
                (401, "access_denied"):
                true
            default: false
            }
        }
    }

    /// Asks the token endpoint once with `secret`.
    ///
    /// - Parameter fields: the form-encoded fields of the grant.
    func ask(_ fields: String, with secret: borrowing Secret) throws(StepFailure) -> TokenResponse {
        let id = try idSource?.text(for: name) ?? clientID
        var body = [TextOrToken.text(fields)]
        let authorization: API.Authorization
        switch method {
        case .basic:
            authorization = .given(prefix: "Basic ", SharedSecret(secret.basicPair(clientID: id)))
        case .post:
            authorization = .none
            body += [
                .text("&client_id=\(percentEncoded(id))&client_secret="), .secret(SharedSecret(secret.formEncoded())),
            ]
        }
        let api = API(
            name: name, base: url, authorization: authorization, answers: TokenEndpointAnswers.all, context: context)
        let answer = try api.call(.post, url.target == "/" ? "/" : "", body: .form(body), accepting: [200, 400, 401])
        let error = answer.lending { root, text in root["error"]?.identifier(in: text) }
        let hasToken = answer.lending { root, _ in root["access_token"].map { $0.isString && !$0.range.isEmpty } }
        return TokenResponse(status: answer.status, error: error, hasToken: hasToken ?? false)
    }

    /// Makes the failure for an answer that is neither yes nor no.
    func undecided(_ answer: TokenResponse) -> StepFailure {
        let known = [
            "invalid_request", "invalid_grant", "invalid_scope", "unauthorized_client", "unsupported_grant_type",
            "access_denied", "invalid_target",
        ]
        let what = answer.error.flatMap { error in known.first { $0.utf8.elementsEqual(error.utf8) } }
        let said =
            what ?? answer.error.flatMap(vendorCode).map { "'\($0)', which the standard does not know" }
            ?? "something that a token endpoint does not say"
        // The next try would hear the same OAuth error. Anything else may be a proxy's passing trouble.
        return StepFailure(
            what == nil ? .transient(retryAfterSeconds: nil) : .refused,
            "\(name): \(url.origin.host) answered \(answer.status): \(said)")
    }
}

extension Field {
    static let neededLogIns = Field.optional(
        "attempts", .integer(1...20), "how many log-ins in a row must work (3)")

    static let clientID = Field.required("clientId", .string(.any), "the client's id, or env:NAME or file:PATH")
        .needing(.referredSecret)

    static let method = Field.optional(
        "method", .string(.word(ClientLogIn.Method.allCases.map(\.rawValue))),
        "how the client logs in (client_secret_basic)")
}

extension Settings {
    /// The manifest's number of log-ins, or three.
    var neededLogIns: Int { integer("attempts") ?? 3 }
}
