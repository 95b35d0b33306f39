/// A client and its token endpoint, as a log-in uses them.
///
/// <https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1>
struct ClientLogIn: Sendable {
    enum Method: String, CaseIterable {
        case basic = "client_secret_basic"
        case post = "client_secret_post"
    }

    /// With the client as the manifest names it, for messages.
    let kind: String
    let url: HTTPURL
    let clientID: ClientID
    let method: Method
    let context: Context

    /// The URL is used exactly as it is given: a slash at its end may count.
    init(_ kind: String, _ place: IssuerPlace, defaultURL: String? = nil) throws(MintError) {
        self.kind = try place.name(kind, "clientId")
        url = try place.url(default: defaultURL)
        clientID = ClientID(try place.text("clientId"), folder: place.surroundings.folder)
        method = place.node["method"]?.string.flatMap { Method(rawValue: $0) } ?? .basic
        context = place.context
    }

    /// What the token endpoint said.
    struct Answer {
        let status: Int
        /// The OAuth error; `nil` where there is none.
        let error: String?
        /// Whether a token was in it; the token itself is not kept.
        let hasToken: Bool

        /// Whether the endpoint did not take the client's secret.
        ///
        /// The standard's word is `invalid_client`. With 401, which is for that alone, Keycloak says
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

    /// Asks once with `secret`.
    ///
    /// - Parameter fields: of the grant, form-encoded.
    func ask(_ fields: String, with secret: borrowing Secret) throws(StepFailure) -> Answer {
        let id = try clientID.read(kind, context)
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
            kind, base: url, authorization: authorization, answers: TokenEndpointAnswers.all, context: context)
        let response = try api.call(.post, url.target == "/" ? "/" : "", body: .form(body), accepting: [200, 400, 401])
        let status = response.status
        return response.body.reveal { text in
            let root = try? readJSON(text, limits: .answer)
            let token = root?["access_token"]
            return Answer(
                status: status, error: root?["error"]?.identifier(in: text),
                hasToken: token?.isString == true && token?.range.isEmpty == false)
        }
    }

    /// Neither yes nor no.
    func undecided(_ answer: Answer) -> StepFailure {
        let known = [
            "invalid_request", "invalid_grant", "invalid_scope", "unauthorized_client", "unsupported_grant_type",
            "access_denied", "invalid_target",
        ]
        let what = answer.error.flatMap { error in known.first { $0.utf8.elementsEqual(error.utf8) } }
        let said =
            what ?? answer.error.flatMap(vendorCode).map { "'\($0)', which the standard does not know" }
            ?? "something that a token endpoint does not say"
        // An OAuth error will be the same at the next try; anything else may be a proxy's passing trouble.
        return StepFailure(
            what == nil ? .transient(retryAfterSeconds: nil) : .refused,
            "\(kind): \(url.origin.host) answered \(answer.status): \(said)")
    }
}

/// A client's id: itself, or where it is (`env:NAME`, `file:PATH`).
struct ClientID: Sendable {
    private let text: String
    private let folder: String

    init(_ text: String, folder: String) {
        self.text = text
        self.folder = folder
    }

    func read(_ kind: String, _ context: Context) throws(StepFailure) -> String {
        guard let reference = SecretReference(parsing: text) else { return text }
        do throws(MintError) {
            let id = try reference.read(relativeTo: folder, in: context)
            return id.reveal { String(decoding: $0.bytes, as: UTF8.self) }
        } catch {
            throw StepFailure(.refused, "\(kind): \(error.message)")
        }
    }
}

extension Field {
    static let attempts = Field.optional(
        "attempts", .integer(1...20), "how many log-ins in a row must work (3)")

    static let clientID = Field.required("clientId", .string(.any), "the client's id, or env:NAME or file:PATH")

    static let method = Field.optional(
        "method", .string(.word(ClientLogIn.Method.allCases.map(\.rawValue))),
        "how the client logs in (client_secret_basic)")
}

extension ManifestNode {
    /// Three unless the manifest says otherwise.
    var attempts: Int { self["attempts"]?.integer ?? 3 }
}
