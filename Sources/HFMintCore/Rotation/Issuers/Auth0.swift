extension Auth0 {
    static let kind = Kind<any Issuer>(
        "auth0", help: "an Auth0 application: one secret, and the old one dies when it is replaced",
        schema: .administered(
            [
                .issuerURL("the tenant, such as https://acme.eu.auth0.com; not a custom domain"),
                .identifier("client", "the application's client id"),
                .optional("audience", .string(.any), "of the Management API (the tenant's URL with /api/v2/)"),
                .optional("loginUrl", .string(.url), "the tenant where 'login' is sent, if it is another URL"),
            ], token: "a token of the Management API: update:clients, update:client_keys, read:client_keys")
    ) { settings throws(MintError) in
        let name = try settings.name("client")
        let base = try settings.base()
        // <https://auth0.com/docs/secure/tokens/access-tokens/management-api-access-tokens/get-management-api-access-tokens-for-production>
        let tokenURL = try settings.base("loginUrl", default: base.description).below("/oauth/token")
        let audience = settings["audience"] ?? "\(base.spelling)/api/v2/"
        return Auth0(
            client: try settings.text("client"),
            api: try settings.administeredAPI(
                name, at: base, tokenURL: tokenURL, fields: [("audience", audience)], answers: answers))
    }

    /// The answers by which Auth0 says that a call may work later.
    ///
    /// <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy>
    static let answers: [KnownAnswer] = [
        // A quota of the subscription, which does not pass.
        .refused(403, "too_many_entities")
    ]
}

/// The one client secret of an application in Auth0.
///
/// hfmint chooses the value, so that its digest proves the creation after a lost answer. With Auth0's own rotation, the
/// value would be lost with the answer. <https://auth0.com/docs/api/management/v2/clients/patch-clients-by-id>
struct Auth0: Issuer {
    let client: String
    let api: API

    /// The id of the one secret that an application has.
    private static let id = "client_secret"

    var succession: Succession { .replacing }
    var target: String { api.spelling(of: path) }
    var takesChosenValue: Bool { true }
    var isReadable: Bool { true }

    private var path: String { "/api/v2/clients/\(percentEncoded(client))" }

    func survey() throws(StepFailure) -> IssuerSurvey {
        let current = try current()
        let secret = ListedSecret(id: Self.id, sha256: try api.sha256(current.value.secret))
        return IssuerSurvey(secrets: [secret], date: current.date)
    }

    /// Reads the application's secret.
    ///
    /// <https://auth0.com/docs/api/management/v2/clients/get-clients-by-id>
    private func current() throws(StepFailure) -> CurrentSecret {
        let response = try api.call(.get, "\(path)?fields=client_id%2Cclient_secret&include_fields=true")
        let date = response.date
        return try response.reading { (root, text) throws(StepFailure) in
            guard root["client_id"]?.text(in: text) == client else { return nil }
            guard let value = root["client_secret"] else {
                throw api.refused("the token may not read the client secret (read:client_keys)")
            }
            return value.clientSecret(in: text).map { CurrentSecret(value: $0, date: date) }
        }
    }

    func create(_ creation: SecretCreation) throws(StepFailure) -> CreatedSecret {
        guard let chosen = creation.value else { throw api.refused("a value must be chosen before it is sent") }
        let response = try api.call(.patch, path, body: .json(["client_secret": .secret(chosen)]), effect: .once)
        return try response.reading(else: .ambiguous) { root, text in
            guard root["client_id"]?.text(in: text) == client else { return nil }
            // If the answer holds another value, nobody knows what Auth0 has kept.
            let kept = root["client_secret"]?.clientSecret(in: text) ?? chosen
            return kept.secret.holdsSameBytes(as: chosen.secret) ? CreatedSecret(id: Self.id, value: chosen) : nil
        }
    }

    func read(_ id: String) throws(StepFailure) -> Secret? {
        id == Self.id ? try current().value.secret.duplicate() : nil
    }

    func delete(_ id: String) throws(StepFailure) {
        throw api.refused("an application's one secret can be replaced, and never removed")
    }
}
