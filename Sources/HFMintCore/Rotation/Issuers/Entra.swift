extension Entra {
    static let kind = Kind<any Issuer>(
        "entra", help: "an application in Microsoft Entra: secrets side by side, each shown once",
        schema: .administered(
            [
                .issuerURL("Microsoft Graph (https://graph.microsoft.com)", isRequired: false),
                .identifier("app", "the application (client) id, a GUID; not the object id"),
                .optional("tenant", .string(.any), "the directory of 'login'; its id or domain"),
                .optional("loginUrl", .string(.url), "where 'login' is sent (https://login.microsoftonline.com)"),
                .optional("lifetime", .string(.duration), "how long a new secret is valid (Entra's own: two years)"),
                .optional("limit", .integer(1...1_000), "how many the application may hold: 2 with personal accounts"),
            ], token: "an access token for Microsoft Graph"
        ) { node in
            guard node["app"]?.string.map(isGUID) == true else { return "'app' must be the application's GUID" }
            return node.has("login") && !node.has("tenant") ? "needs 'tenant' beside 'login'" : nil
        }
    ) { settings throws(MintError) in
        let name = try settings.name("app")
        let base = try settings.base(default: "https://graph.microsoft.com")
        let login = try settings.base("loginUrl", default: "https://login.microsoftonline.com")
        // <https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow>
        let tokenURL = login.below("/\(percentEncoded(settings["tenant"] ?? ""))/oauth2/v2.0/token")
        return Entra(
            app: try settings.text("app").asciiLowercased, lifetime: settings.seconds("lifetime"),
            limit: settings.integer("limit"),
            api: try settings.administeredAPI(
                name, at: base, tokenURL: tokenURL, fields: [("scope", "\(base.origin)/.default")], answers: answers))
    }

    private static func isGUID(_ text: String) -> Bool {
        let groups = text.utf8.split(separator: ASCII.minus, omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.joined().allSatisfy { $0.hexDigitValue != nil }
    }

    /// The answers by which Graph says that a call may work later.
    ///
    /// <https://learn.microsoft.com/en-us/graph/errors>, <https://learn.microsoft.com/en-us/graph/throttling>
    static let answers: [KnownAnswer] = [
        // <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-error-codes-and-error-handling>
        .doubt(403, "Request_ThrottledTemporarily"),
        .doubt(400, "Directory_ReplicaUnavailable"), .doubt(404, "Directory_ReplicaUnavailable"),
        // Two objects have one key, which does not pass.
        .refused(409, "Request_MultipleObjectsWithSameKeyValue"),
    ]
}

/// The client secrets ("password credentials") of an application in Microsoft Entra.
///
/// Entra takes no idempotency key, and shows a value once. After a lost answer, the marker in the secret's name tells
/// whether it was made. <https://learn.microsoft.com/en-us/graph/api/resources/passwordcredential>
struct Entra: Issuer {
    let app: String
    let lifetime: Int?
    let limit: Int?
    let api: API

    var succession: Succession { .separate(limit: limit) }
    var target: String { api.spelling(of: path) }

    private var path: String { "/v1.0/applications(appId='\(app)')" }

    func survey() throws(StepFailure) -> IssuerSurvey {
        // An application may hold more than a thousand secrets.
        let response = try api.call(.get, "\(path)?$select=passwordCredentials", bodyLimit: 1 << 20)
        let date = response.date
        let now = date ?? api.context.clock.now()
        return try response.reading { root, text in
            guard let credentials = root["passwordCredentials"]?.elements else { return nil }
            let secrets = credentials.compactMap { node -> ListedSecret? in
                guard let id = node["keyId"]?.identifier(in: text) else { return nil }
                let end = node["endDateTime"]?.moment(in: text)
                return ListedSecret(
                    id: id, marker: marker(node["displayName"]?.text(in: text)),
                    // An expired secret stays in the list.
                    isActive: end.map { $0 > now } ?? true, expiresAt: end)
            }
            return secrets.count == credentials.count ? IssuerSurvey(secrets: secrets, date: date) : nil
        }
    }

    /// Adds a secret that carries the marker as its name.
    ///
    /// <https://learn.microsoft.com/en-us/graph/api/application-addpassword>
    func create(_ creation: SecretCreation) throws(StepFailure) -> CreatedSecret {
        var credential: [JSONValue.Member] = [.init("displayName", .string(creation.marker))]
        if let lifetime {
            credential.append(.init("endDateTime", .string((api.context.clock.now() + lifetime).rfc3339)))
        }
        let response = try api.call(
            .post, "\(path)/addPassword", body: .json(["passwordCredential": .object(credential)]), effect: .once)
        return try response.reading(else: .ambiguous) { root, text in
            guard let id = root["keyId"]?.identifier(in: text), let value = root["secretText"]?.clientSecret(in: text)
            else { return nil }
            return CreatedSecret(id: id, value: value, expiresAt: root["endDateTime"]?.moment(in: text))
        }
    }

    /// Removes a secret for good.
    ///
    /// <https://learn.microsoft.com/en-us/graph/api/application-removepassword>
    func delete(_ id: String) throws(StepFailure) {
        let response = try api.call(
            .post, "\(path)/removePassword", body: .json(["keyId": .string(id)]), accepting: [204, 400, 404])
        guard response.status != 204 else { return }
        // Entra answers the same for a secret that is gone as for any other mistake.
        let answered = "\(response.status)\(response.codeInBrackets)"
        guard try !survey().secrets.contains(where: { $0.id == id }) else {
            throw api.refused("removePassword answered \(answered), and the secret remains")
        }
    }
}
