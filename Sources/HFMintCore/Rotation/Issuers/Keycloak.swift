extension Keycloak {
    static let kind = Kind<any Issuer>(
        "keycloak", help: "a Keycloak client: one secret, and a second one only under a 'secret-rotation' policy",
        schema: .administered(
            [
                .issuerURL("the server, with its path if it has one: https://id.acme.example/auth"),
                .identifier("realm", "the client's realm"),
                .identifier("client", "the client's internal id, a UUID; not its client id"),
                .optional("rotationPolicy", .bool, "a policy keeps the old secret; proven anew each time (false)"),
                .optional("loginRealm", .string(.any), "the realm of 'login' (the client's)"),
            ], token: "an access token that may manage the client"
        ) { node in
            let isUUID = node["client"]?.string.map { $0.utf8.split(separator: ASCII.minus).count == 5 } ?? false
            return isUUID ? nil : "'client' must be the client's internal id, a UUID"
        }
    ) { settings throws(MintError) in
        let name = try settings.name("realm", "client")
        let base = try settings.base()
        let realm = try settings.text("realm")
        let loginRealm = percentEncoded(settings["loginRealm"] ?? realm)
        let tokenURL = base.below("/realms/\(loginRealm)/protocol/openid-connect/token")
        return Keycloak(
            realm: realm, client: try settings.text("client").asciiLowercased,
            hasPolicy: settings.flag("rotationPolicy"),
            api: try settings.administeredAPI(name, at: base, tokenURL: tokenURL, answers: answers))
    }

    /// The answers by which Keycloak says that a call may work later.
    static let answers: [KnownAnswer] = [
        // Two changes of one client at once: <https://github.com/keycloak/keycloak/issues/11588>,
        // <https://github.com/keycloak/keycloak/pull/52182>, and as 400 in
        // <https://github.com/adorsys/keycloak-config-cli/issues/904>.
        .doubt(400, saying: "optimisticlockexception")
    ]
}

/// The client secret of a client in Keycloak, and under a policy the secret before it.
///
/// <https://www.keycloak.org/docs-api/latest/rest-api/index.html#_clients>
struct Keycloak: Issuer {
    let realm: String
    let client: String
    let hasPolicy: Bool
    let api: API

    var succession: Succession { hasPolicy ? .stacked : .replacing }
    var target: String { api.spelling(of: clientPath) }
    var isReadable: Bool { true }

    var realmPath: String { "/admin/realms/\(percentEncoded(realm))" }
    var clientPath: String { "\(realmPath)/clients/\(percentEncoded(client))" }
    private var secretPath: String { "\(clientPath)/client-secret" }

    func survey() throws(StepFailure) -> IssuerSurvey {
        let times = try times()
        if hasPolicy { try checkOldSecretIsKept(times) }
        // The old secret is read first: a rotation between the two calls then shows one secret twice, and hides none.
        let old = try rotated()
        let current = try current()
        var secrets = [try listed(current.value, isActive: true, expiresAt: times.expiresAt)]
        if let old, !old.secret.holdsSameBytes(as: current.value.secret) {
            let now = current.date ?? api.context.clock.now()
            let isActive = times.rotatedExpiresAt.map { $0 > now } ?? false
            secrets.append(try listed(old, isActive: isActive, expiresAt: times.rotatedExpiresAt))
        }
        return IssuerSurvey(secrets: secrets, date: current.date)
    }

    private func listed(
        _ value: SharedSecret, isActive: Bool, expiresAt: Timestamp?
    ) throws(StepFailure) -> ListedSecret {
        ListedSecret(
            id: try id(of: value), isActive: isActive, expiresAt: expiresAt, sha256: try api.sha256(value.secret))
    }

    /// Returns an id that is a part of the secret's digest, as Keycloak gives its secrets no ids.
    ///
    /// These bits tell the two secrets of a client apart, and are too few to confirm a guess of a weak secret.
    private func id(of value: SharedSecret) throws(StepFailure) -> String {
        "secret-\(try api.sha256(value.secret).suffix(5))"
    }

    private func current() throws(StepFailure) -> CurrentSecret {
        let response = try api.call(.get, secretPath)
        let date = response.date
        return try response.reading { (root, text) throws(StepFailure) in
            guard let value = root["value"]?.clientSecret(in: text) else { return nil }
            // <https://github.com/keycloak/keycloak/issues/13102>
            guard !value.secret.reveal({ $0.bytes.starts(with: "${vault.".utf8) }) else {
                throw api.refused("the client secret is in Keycloak's vault: change it there")
            }
            return CurrentSecret(value: value, date: date)
        }
    }

    /// Returns the secret before the current one, or nil if the server keeps none.
    private func rotated() throws(StepFailure) -> SharedSecret? {
        let response = try api.call(.get, "\(secretPath)/rotated", accepting: [200, 404])
        guard response.status == 200 else { return nil }
        return try response.reading { root, text in root["value"]?.clientSecret(in: text) }
    }

    func create(_ creation: SecretCreation) throws(StepFailure) -> CreatedSecret {
        if hasPolicy {
            let before = try survey().secrets
            // Keycloak keeps one old secret: a second creation would kill the secret in use.
            guard !before.dropFirst().contains(where: \.isActive) else {
                throw api.refused("the client still has an old secret, and room for no other")
            }
        }
        let response = try api.call(.post, secretPath, body: .json([:]), effect: .once)
        let value = try response.reading(else: .ambiguous) { root, text in root["value"]?.clientSecret(in: text) }
        // The secret exists, even if its end cannot be read.
        let expiresAt = try? times().expiresAt
        return CreatedSecret(id: try id(of: value), value: value, expiresAt: expiresAt)
    }

    func read(_ id: String) throws(StepFailure) -> Secret? {
        let current = try current().value
        if try self.id(of: current) == id { return current.secret.duplicate() }
        guard let old = try rotated(), try self.id(of: old) == id else { return nil }
        return old.secret.duplicate()
    }

    func delete(_ id: String) throws(StepFailure) {
        guard try self.id(of: try current().value) != id else {
            throw api.refused("the current secret can be replaced, and never removed")
        }
        guard let old = try rotated(), try self.id(of: old) == id else { return }
        _ = try api.call(.delete, "\(secretPath)/rotated", accepting: [204])
    }
}
