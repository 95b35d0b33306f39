extension Settings {
    /// Returns the client as the manifest names it, for messages: `keycloak:acme/11111111-…`.
    func name(_ fields: String...) throws(MintError) -> String {
        let parts = try fields.map { (field) throws(MintError) in try text(field) }
        return "\(kind):\(parts.joined(separator: "/").printable)"
    }

    /// Returns the issuer's API, with the bearer token of the manifest or one that its `login` gets at `tokenURL`.
    ///
    /// - Parameters:
    ///   - client: the client as ``name(_:)`` returns it.
    ///   - fields: more fields that the token endpoint needs.
    func administeredAPI(
        _ client: String, at base: HTTPURL, tokenURL: HTTPURL, fields: [(String, String)] = [], answers: [KnownAnswer]
    ) throws(MintError) -> API {
        var api = API(name: client, base: base, authorization: .none, answers: answers, context: context)
        if let node = node["login"] {
            let login = Settings(kind: kind, node: node, surroundings: surroundings)
            let administrator = AdministratorToken(
                client, url: tokenURL, clientID: try login.text("clientId"), secret: try login.secret("clientSecret"),
                fields: fields)
            api.authorization = .token { () throws(StepFailure) in try administrator.current() }
        } else {
            api.authorization = try token()
        }
        return api
    }
}

extension Field {
    /// The base URL of an issuer's API, which is optional if the issuer is one public service.
    static func issuerURL(_ help: String, isRequired: Bool = true) -> Field {
        let shape = Shape.string(
            .custom("url") { text in
                if let complaint = StringRule.url.complaint(about: text) { return complaint }
                return text.utf8.contains(UInt8(ascii: "?")) ? "must not have a query" : nil
            })
        return isRequired ? .required("url", shape, help) : .optional("url", shape, help)
    }

    /// A name that is put into a path, and cannot lead out of its segment.
    static func identifier(_ name: String, _ help: String) -> Field {
        .required(
            name,
            .string(
                .custom("identifier") { text in
                    let isPlain = (1...255).contains(text.utf8.count) && text.utf8.allSatisfy(\.isASCIIVisible)
                    return isPlain && text != "." && text != ".." ? nil : "is not an identifier"
                }), help)
    }

    /// Client credentials that get a token for the issuer's own API.
    static let login = Field.optional(
        "login",
        .object(
            ObjectShape([
                .required("clientId", .string(.any), "the client that may manage secrets"),
                .required("clientSecret", .secretReference, "where its own secret is"),
            ])), "client credentials that give a token, in place of 'token'")

    static func issuerToken(_ help: String) -> Field { .optional("token", .secretReference, help) }
}

extension ObjectShape {
    /// Returns the schema of an issuer that takes either `token` or `login`.
    ///
    /// - Parameter token: the help of `token`.
    static func administered(
        _ fields: [Field], token: String, rule: (@Sendable (ManifestNode) -> String?)? = nil
    ) -> ObjectShape {
        ObjectShape(fields + [.issuerToken(token), .login]) { node in
            guard node.has("token") != node.has("login") else { return "needs either 'token' or 'login'" }
            return rule?(node)
        }
    }
}
