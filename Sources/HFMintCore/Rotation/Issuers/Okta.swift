extension Okta {
    static let kind = Kind<any Issuer>(
        "okta", help: "an Okta application: two secrets side by side, each with its own id",
        schema: ObjectShape([
            .issuerURL("the Okta organization, such as https://acme.okta.com"),
            .identifier("app", "the application's id, such as 0oa1b2; not its client id of another name"),
            .required("token", .secretReference, "an API token (SSWS), or an access token with okta.apps.manage"),
            .optional("tokenType", .string(.word(["SSWS", "Bearer"])), "which of the two it is (SSWS)"),
        ])
    ) { settings throws(MintError) in
        Okta(
            app: try settings.text("app"),
            api: API(
                name: try settings.name("app"), base: try settings.base(),
                authorization: try settings.token(prefix: "\(settings["tokenType"] ?? "SSWS") "), answers: answers,
                context: settings.context))
    }

    /// The answers by which Okta says that a call may work later.
    ///
    /// <https://developer.okta.com/docs/reference/error-codes/>
    static let answers: [KnownAnswer] = [
        // "Service is in read only mode", while Okta moves or upgrades a cell.
        .later(503, "E0000010")
    ]
}

/// The client secrets of an application in Okta.
///
/// <https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOCredentialOAuth2ClientAuth/>
struct Okta: Issuer {
    let app: String
    let api: API

    var succession: Succession { .separate(limit: 2) }
    var target: String { api.spelling(of: path) }
    var takesChosenValue: Bool { true }
    var isReadable: Bool { true }

    private var path: String { "/api/v1/apps/\(percentEncoded(app))" }
    private var secrets: String { "\(path)/credentials/secrets" }

    private func path(_ id: String) -> String { "\(secrets)/\(percentEncoded(id))" }

    func survey() throws(StepFailure) -> IssuerSurvey {
        let response = try api.call(.get, secrets)
        let date = response.date
        return try response.reading { (root, text) throws(StepFailure) in
            guard let elements = root.elements else { return nil }
            var secrets: [ListedSecret] = []
            for element in elements {
                guard let secret = try secret(element, text) else { return nil }
                secrets.append(secret)
            }
            return IssuerSurvey(secrets: secrets, date: date)
        }
    }

    private func secret(_ node: JSONNode, _ text: Span<UInt8>) throws(StepFailure) -> ListedSecret? {
        guard let id = node["id"]?.identifier(in: text), let status = node["status"]?.text(in: text) else { return nil }
        let value = node["client_secret"]?.clientSecret(in: text)
        let digest: String? = if let value { try api.sha256(value.secret) } else { nil }
        return ListedSecret(id: id, isActive: status != "INACTIVE", sha256: digest)
    }

    func create(_ creation: SecretCreation) throws(StepFailure) -> CreatedSecret {
        guard let chosen = creation.value else { throw api.refused("a value must be chosen before it is sent") }
        let response = try api.call(
            .post, secrets, body: .json(["client_secret": .secret(chosen), "status": "ACTIVE"]), effect: .once,
            accepting: [200, 201, 400])
        if response.status == 400 { throw api.refused(Self.reason(response)) }
        return try response.reading(else: .ambiguous) { root, text in
            guard let id = root["id"]?.identifier(in: text) else { return nil }
            return CreatedSecret(id: id, value: root["client_secret"]?.clientSecret(in: text) ?? chosen)
        }
    }

    /// Returns why Okta refused the new secret: its code is the same for every mistake, and the summaries tell which.
    ///
    /// <https://developer.okta.com/docs/reference/error-codes/#E0000001>
    private static func reason(_ response: borrowing API.Answer) -> String {
        let summaries = response.elements("errorCauses") { cause, text in cause["errorSummary"]?.text(in: text) }
        if (summaries ?? []).contains(where: { $0.hasPart("maximum number of client secrets") }) {
            return "the application already holds 2 client secrets, and takes no third"
        }
        return "the new secret was refused as invalid\(response.codeInBrackets)"
    }

    func read(_ id: String) throws(StepFailure) -> Secret? {
        let response = try api.call(.get, path(id), accepting: [200, 404])
        guard response.status == 200 else { return nil }
        return try response.reading { root, text -> FoundSecret? in
            guard root["id"]?.identifier(in: text) == id else { return nil }
            return FoundSecret(value: root["client_secret"]?.clientSecret(in: text))
        }.value?.secret.duplicate()
    }

    /// Returns whether a secret is active, or nil if it is gone.
    ///
    /// Reads the whole list, as 404 may also mean that the application is gone.
    private func isActive(_ id: String) throws(StepFailure) -> Bool? {
        try survey().secrets.first { $0.id == id }?.isActive
    }

    func deactivate(_ id: String) throws(StepFailure) -> Bool {
        guard try isActive(id) == true else { return true }
        let response = try api.call(.post, "\(path(id))/lifecycle/deactivate", accepting: [200, 400])
        guard response.status == 200 else {
            throw api.refused("the secret could not be deactivated\(response.codeInBrackets): is it the only one?")
        }
        return true
    }

    /// Deactivates a secret and deletes it, as Okta deletes no active one.
    func delete(_ id: String) throws(StepFailure) {
        guard try isActive(id) != nil else { return }
        _ = try deactivate(id)
        _ = try api.call(.delete, path(id), accepting: [204, 404])
    }
}
