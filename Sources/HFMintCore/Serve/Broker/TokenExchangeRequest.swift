/// What somebody asks of the broker: to trade an ID token for a ticket, or for a token of the Hub (RFC 8693).
///
/// <https://www.rfc-editor.org/rfc/rfc8693#section-2.1>
package struct TokenExchangeRequest: ~Copyable, Sendable {
    /// What claims to be an ID token.
    package let subjectToken: Secret
    /// What alone is asked for: a repository, a user or an organization; nil for all that is granted.
    package let resource: Resource?
    /// The role that alone is asked for, or nil.
    package let role: String?

    private static let grantType = "urn:ietf:params:oauth:grant-type:token-exchange"
    static let accessTokenType = "urn:ietf:params:oauth:token-type:access_token"
    /// An ID token, and the name that it has as a JWT: <https://www.rfc-editor.org/rfc/rfc8693#section-3>.
    private static let subjectTokenTypes = ["id_token", "jwt"].map { "urn:ietf:params:oauth:token-type:\($0)" }

    /// Reads the request that a web server passes on.
    ///
    /// - Parameter origin: the front door's own address.
    init(_ request: ServeRequest, to origin: Origin) throws(TokenRefusal) {
        guard request.method.utf8.elementsEqual("POST".utf8) else {
            throw TokenRefusal(.methodNotAllowed, .invalidRequest, "method-unknown", "the method is not POST")
        }
        // A web server logs a target, and forwards what stands there.
        guard !request.uri.contains(UInt8(ascii: "?")) else {
            throw .request("parameters belong into the body, not behind the address")
        }
        let encoding = request.contentEncoding.map { $0.asciiLowercased }
        guard encoding.map({ $0.utf8.elementsEqual("identity".utf8) }) ?? true else {
            throw TokenRefusal(.unsupportedMediaType, .invalidRequest, "request-malformed", "the body is compressed")
        }
        guard let syntax = TokenParameters.Syntax(contentType: request.contentType) else {
            throw TokenRefusal(
                .unsupportedMediaType, .invalidRequest, "request-malformed",
                "the body's Content-Type is neither application/x-www-form-urlencoded nor application/json")
        }
        guard let body = request.body, request.contentLength.map({ $0 == body.secret.byteCount }) ?? true else {
            throw .request("the body is not as long as was announced")
        }
        let parameters = try Self.parameters(body.secret, syntax)
        try self.init(parameters, to: origin)
    }

    private static func parameters(
        _ body: borrowing Secret, _ syntax: TokenParameters.Syntax
    ) throws(TokenRefusal) -> TokenParameters {
        do throws(Malformed) {
            return try body.reveal { text throws(Malformed) in try TokenParameters(text, syntax) }
        } catch {
            throw .request("the body is not a request for a token: \(error.reason)")
        }
    }

    /// Reads the parameters of a request.
    package init(_ parameters: borrowing TokenParameters, to origin: Origin) throws(TokenRefusal) {
        guard let grantType = parameters[.grantType] else { throw .missing(.grantType) }
        guard grantType.equals(Self.grantType) else {
            throw TokenRefusal(
                .badRequest, .unsupportedGrantType, "grant-type-unknown", "'grant_type' is not \(Self.grantType)")
        }
        guard let type = parameters[.subjectTokenType] else { throw .missing(.subjectTokenType) }
        guard Self.subjectTokenTypes.contains(where: { type.equals($0) }) else {
            throw .request("'subject_token_type' is not \(Self.subjectTokenTypes[0])")
        }
        guard parameters[.requestedTokenType].map({ $0.equals(Self.accessTokenType) }) ?? true else {
            throw .request("'requested_token_type' is not \(Self.accessTokenType)")
        }
        guard parameters[.actorToken] == nil, parameters[.actorTokenType] == nil else {
            throw .request("'actor_token' is not taken here: nobody acts for somebody else")
        }
        guard parameters[.audience].map({ $0.equals(origin.description) }) ?? true else {
            throw TokenRefusal(.badRequest, .invalidTarget, "target-unknown", "'audience' is not \(origin)")
        }
        let resource = try Self.resource(parameters[.resource], origin)
        let role = try Self.role(parameters[.role], scope: parameters[.scope])
        self.init(subjectToken: try Self.subjectToken(parameters), resource: resource, role: role)
    }

    private init(subjectToken: consuming Secret, resource: Resource?, role: String?) {
        self.subjectToken = subjectToken
        self.resource = resource
        self.role = role
    }

    private static func subjectToken(_ parameters: borrowing TokenParameters) throws(TokenRefusal) -> Secret {
        guard let token = parameters.copiedSubjectToken() else { throw .missing(.subjectToken) }
        return token
    }

    /// Reads a resource: as the Hub's clients spell it, or as an address (RFC 8707), of the Hub or of the front door.
    private static func resource(_ text: [UInt8]?, _ origin: Origin) throws(TokenRefusal) -> Resource? {
        guard let text else { return nil }
        guard let resource = Resource.parse(text, endpoint: origin),
            ["", "\(origin)/", "\(Origin.huggingFace)/"].contains(where: { text.equals($0 + resource.canonical) })
        else {
            throw TokenRefusal(
                .badRequest, .invalidTarget, "target-unknown",
                "'resource' is not one: write owner/name, datasets/owner/name, or a user's or organization's name")
        }
        return resource
    }

    private static func role(_ role: [UInt8]?, scope: [UInt8]?) throws(TokenRefusal) -> String? {
        guard let name = role ?? scope else { return nil }
        guard scope ?? name == name, !name.contains(ASCII.space) else {
            throw TokenRefusal(
                .badRequest, .invalidScope, "role-unclear", "'scope' and 'role' name more than one role")
        }
        return String(decoding: name, as: UTF8.self)
    }
}

extension TokenRefusal {
    fileprivate static func request(_ words: String) -> TokenRefusal {
        TokenRefusal(.badRequest, .invalidRequest, "request-malformed", words)
    }

    fileprivate static func missing(_ name: TokenParameters.Name) -> TokenRefusal {
        request("'\(name.rawValue)' is missing")
    }
}
