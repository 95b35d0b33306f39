/// The place of an issuer or of a log-in in the manifest, as its kind reads it.
///
/// The shape has been checked before; what is missing all the same is an error and never a trap.
struct IssuerPlace {
    let node: ManifestNode
    let surroundings: RotationSurroundings

    init(_ node: ManifestNode, _ surroundings: RotationSurroundings) {
        self.node = node
        self.surroundings = surroundings
    }

    var context: Context { surroundings.context }

    func text(_ name: String) throws(MintError) -> String {
        guard let text = node[name]?.string else { throw missing(name) }
        return text
    }

    /// Which client this is, as the manifest names it, for messages: `keycloak:acme/11111111-…`.
    func name(_ kind: String, _ fields: String...) throws(MintError) -> String {
        var parts: [String] = []
        for field in fields { parts.append(try text(field)) }
        return "\(kind):\(parts.joined(separator: "/").printable)"
    }

    func reference(_ name: String) throws(MintError) -> SecretReference {
        guard let reference = node[name].flatMap({ SecretReference($0) }) else { throw missing(name) }
        return reference
    }

    func url(_ name: String = "url", default standard: String? = nil) throws(MintError) -> HTTPURL {
        guard let url = (node[name]?.string ?? standard).flatMap({ HTTPURL($0) }) else { throw missing(name) }
        return url
    }

    /// A base URL in its one spelling: scheme and host in lower case, no default port, no slash at the end.
    func base(_ name: String = "url", default standard: String? = nil) throws(MintError) -> HTTPURL {
        try url(name, default: standard).withoutTrailingSlashes
    }

    /// Who asks: the bearer token that the manifest names, or one had with its `login` at `tokenURL`.
    ///
    /// - Parameter api: for messages.
    func authorization(
        _ api: String, tokenURL: HTTPURL, fields: [(String, String)] = []
    ) throws(MintError) -> API.Authorization {
        guard let login = node["login"] else { return try bearer() }
        let place = IssuerPlace(login, surroundings)
        let token = AdministratorToken(
            api, url: tokenURL, clientID: try place.text("clientId"), secret: try place.reference("clientSecret"),
            fields: fields, surroundings: surroundings)
        return .token { () throws(StepFailure) in try token.current() }
    }

    func bearer(prefix: String = "Bearer ") throws(MintError) -> API.Authorization {
        .header("Authorization", prefix: prefix, try reference("token"), folder: surroundings.folder)
    }

    private func missing(_ name: String) -> MintError {
        MintError(.manifestInvalid, "'rotations.\(surroundings.name)' lacks a usable '\(name)'")
    }
}

extension HTTPURL {
    var withoutTrailingSlashes: HTTPURL {
        var path = Array(target.utf8)
        while path.count > 1, path.last == ASCII.slash { path.removeLast() }
        return HTTPURL(origin, String(decoding: path, as: UTF8.self))
    }

    /// `path` below this one; it begins with a slash.
    func below(_ path: String) -> HTTPURL { HTTPURL(origin, (target == "/" ? "" : target) + path) }

    /// For messages and comparison: without the slash that an empty path is.
    var spelling: String { target == "/" ? "\(origin)" : description }
}

extension Field {
    /// The base of an issuer's API, with the public service as its default where there is one.
    static func issuerURL(_ help: String, isRequired: Bool = true) -> Field {
        let shape = Shape.string(
            .custom("url") { text in
                if let complaint = StringRule.url.complaint(about: text) { return complaint }
                return text.utf8.contains(UInt8(ascii: "?")) ? "must not have a query" : nil
            })
        return isRequired ? .required("url", shape, help) : .optional("url", shape, help)
    }

    /// A name that goes into a path: one spelling, and nothing that could leave its place.
    static func identifier(_ name: String, _ help: String) -> Field {
        .required(
            name,
            .string(
                .custom("identifier") { text in
                    let isPlain = (1...255).contains(text.utf8.count) && text.utf8.allSatisfy(\.isASCIIVisible)
                    return isPlain && text != "." && text != ".." ? nil : "is not an identifier"
                }), help)
    }

    /// Client credentials with which a token for the issuer's own API is had.
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
    /// With `token` or `login`, and not both.
    static func administered(
        _ fields: [Field], token: String, rule: (@Sendable (ManifestNode) -> String?)? = nil
    ) -> ObjectShape {
        ObjectShape(fields + [.issuerToken(token), .login]) { place in
            guard place.has("token") != place.has("login") else { return "needs either 'token' or 'login'" }
            return rule?(place)
        }
    }
}
