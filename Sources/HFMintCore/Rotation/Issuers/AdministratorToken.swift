internal import Synchronization

/// A token for an issuer's own API, obtained with client credentials and kept in memory until shortly before its end.
///
/// <https://www.rfc-editor.org/rfc/rfc6749#section-4.4>
final class AdministratorToken: Sendable {
    private struct Kept {
        let token: SharedSecret
        let usableUntil: Uptime
    }

    private let api: API
    private let clientID: String
    private let secret: SecretSource
    private let fields: [(String, String)]
    private let kept = Mutex<Kept?>(nil)

    /// - Parameter fields: more fields that the token endpoint needs, such as a scope.
    init(_ name: String, url: HTTPURL, clientID: String, secret: SecretSource, fields: [(String, String)]) {
        api = API(
            name: "\(name): login", base: url, authorization: .none, answers: TokenEndpointAnswers.all,
            context: secret.context)
        self.clientID = clientID
        self.secret = secret
        self.fields = fields
    }

    /// Returns the token, and logs in for a new one when it is needed.
    func current() throws(StepFailure) -> SharedSecret {
        let now = api.context.clock.uptime()
        if let kept = kept.withLock({ $0 }), kept.usableUntil > now { return kept.token }
        let fresh = try logIn(at: now)
        kept.withLock { $0 = fresh }
        return fresh.token
    }

    private func logIn(at now: Uptime) throws(StepFailure) -> Kept {
        let response = try api.call(.post, "", body: try form())
        return try response.reading { root, text in
            guard let token = root["access_token"]?.secret(in: text), token.byteCount > 0 else { return nil }
            let lifetime = root["expires_in"]?.integer(in: text) ?? 60
            // A minute early, so that the token does not end on its way.
            return Kept(token: SharedSecret(token), usableUntil: now + .seconds(max(0, min(lifetime, 86_400) - 60)))
        }
    }

    /// Returns the form with the client's secret in it, which is Auth0's default, and which the others accept.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1>
    private func form() throws(StepFailure) -> API.Body {
        let value = SharedSecret(try secret.read(for: api.name).formEncoded())
        let rest = fields.isEmpty ? "" : "&\(formEncoded(fields))"
        return .form([
            .text("grant_type=client_credentials&client_id=\(percentEncoded(clientID))&client_secret="),
            .secret(value), .text(rest),
        ])
    }
}
