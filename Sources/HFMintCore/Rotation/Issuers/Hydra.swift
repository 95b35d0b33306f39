extension Hydra {
    static let kind = Kind<any Issuer>(
        "hydra", help: "an Ory Hydra client: up to five old secrets are kept, and dropped all at once",
        schema: ObjectShape(
            [
                .issuerURL("Hydra's admin API, such as http://127.0.0.1:4445"),
                .identifier("client", "the client's id"),
                .issuerToken("a bearer token for the admin API, where something in front of it wants one"),
                .optional("dropAll", .bool, "that hfmint may drop every old secret of the client; must be true"),
            ]
        ) { node in
            guard node["dropAll"]?.bool != true else { return nil }
            return "needs 'dropAll: true': Hydra drops all old secrets or none, so only hfmint may rotate the client"
        }
    ) { settings throws(MintError) in
        Hydra(
            client: try settings.text("client"),
            api: API(
                name: try settings.name("client"), base: try settings.base(),
                authorization: settings.node.has("token") ? try settings.token() : .none, answers: answers,
                context: settings.context))
    }

    /// The answers by which Hydra says that a call may work later.
    ///
    /// <https://github.com/ory/hydra/blob/master/oryx/sqlcon/error.go>
    static let answers: [KnownAnswer] = [
        // The database has rolled the transaction back.
        .later(400, saying: "unable to serialize access due to a concurrent update")
    ]
}

/// The client secrets of a client in Ory Hydra.
///
/// Hydra shows a value once, and neither lists nor counts its old secrets. So hfmint counts them in the client's
/// metadata, which only the admin API shows. It writes each creation there, with its marker, before it asks for it. So
/// the count is never too low, and hfmint stops before Hydra would push out the secret in use.
///
/// <https://github.com/ory/hydra/blob/83127c5752d907f52dd5f048a734c596c4316477/client/handler.go#L884>
struct Hydra: Issuer {
    let client: String
    let api: API

    var succession: Succession { .stacked }
    var target: String { api.spelling(of: path) }

    private var path: String { "/admin/clients/\(percentEncoded(client))" }

    /// The number of old secrets that Hydra keeps; it drops older ones without notice.
    private static let mostKept = 5

    /// The record that hfmint writes into the client's metadata, under `hfmint`.
    private struct Ledger {
        /// The marker of the last creation.
        var marker: String?
        /// The number of creations that were asked for; it names the current secret.
        var generation = 0
        /// The number of old secrets that there may be since they were last dropped.
        var kept = 0

        static func id(_ generation: Int) -> String { "generation-\(generation)" }

        var json: JSONValue {
            ["marker": .string(marker), "generation": .integer(generation), "kept": .integer(kept)]
        }
    }

    private struct Client {
        let ledger: Ledger
        let hasMetadata: Bool
        let expiresAt: Timestamp?
        let date: Timestamp?
    }

    private func look() throws(StepFailure) -> Client {
        let response = try api.call(.get, path)
        let date = response.date
        return try response.reading { root, text in
            guard root["client_id"]?.text(in: text) == client else { return nil }
            let metadata = root["metadata"].flatMap { $0.members == nil ? nil : $0 }
            guard let ledger = Self.ledger(metadata?["hfmint"], text) else { return nil }
            return Client(
                ledger: ledger, hasMetadata: metadata != nil, expiresAt: Self.expiry(root, text), date: date)
        }
    }

    /// Returns when the current secret expires, which Hydra writes as 0 if it does not.
    private static func expiry(_ root: JSONNode, _ text: Span<UInt8>) -> Timestamp? {
        guard let end = root["client_secret_expires_at"]?.integer(in: text), end > 0 else { return nil }
        return Timestamp(secondsSince1970: end)
    }

    /// Returns the ledger, which is empty at first, or nil if hfmint did not write it: its count cannot be trusted.
    private static func ledger(_ node: JSONNode?, _ text: Span<UInt8>) -> Ledger? {
        guard let node else { return Ledger() }
        guard let generation = node["generation"]?.integer(in: text), let kept = node["kept"]?.integer(in: text),
            generation >= 0, (0...mostKept).contains(kept)
        else { return nil }
        return Ledger(marker: marker(node["marker"]?.text(in: text)), generation: generation, kept: kept)
    }

    /// Returns the secrets of the ledger; the client may have others, which Hydra does not list.
    func survey() throws(StepFailure) -> IssuerSurvey {
        let client = try look()
        let ledger = client.ledger
        let current = ListedSecret(id: Ledger.id(ledger.generation), marker: ledger.marker, expiresAt: client.expiresAt)
        let kept = max(0, ledger.generation - ledger.kept)..<ledger.generation
        let old = kept.reversed().map { ListedSecret(id: Ledger.id($0)) }
        return IssuerSurvey(secrets: [current] + old, date: client.date, showsDeath: false)
    }

    func create(_ creation: SecretCreation) throws(StepFailure) -> CreatedSecret {
        let before = try look()
        guard before.ledger.kept < Self.mostKept else {
            throw api.refused("\(Self.mostKept) old secrets may be kept already, and another pushes out the oldest")
        }
        var ledger = before.ledger
        ledger.marker = creation.marker
        ledger.generation += 1
        ledger.kept += 1
        try write(ledger, hasMetadata: before.hasMetadata)
        let response: API.Answer
        do throws(StepFailure) {
            response = try api.call(.post, "\(path)/secrets/rotate", effect: .once, accepting: [200, 400, 404])
        } catch {
            if case .transient = error.kind { takeBack(to: before.ledger) }
            throw error
        }
        guard response.status == 200 else {
            takeBack(to: before.ledger)
            throw api.refused(Self.reason(response))
        }
        return try response.reading(else: .ambiguous) { root, text in
            guard let value = root["client_secret"]?.clientSecret(in: text) else { return nil }
            return CreatedSecret(
                id: Ledger.id(ledger.generation), value: value, expiresAt: Self.expiry(root, text))
        }
    }

    /// Restores the ledger when no secret was made.
    ///
    /// If this fails, the count is too high by one, which does no harm.
    private func takeBack(to ledger: Ledger) { try? write(ledger, hasMetadata: true) }

    private static func reason(_ response: borrowing API.Answer) -> String {
        response.status == 400
            ? "the client does not log in with client_secret_basic or client_secret_post\(response.codeInBrackets)"
            : "this server does not know how to rotate a client secret (it came after v26.2.0)"
    }

    /// Writes the ledger by a JSON Patch, which leaves the secrets alone, as it does not name them.
    ///
    /// <https://github.com/ory/hydra/blob/83127c5752d907f52dd5f048a734c596c4316477/client/handler.go#L440>
    private func write(_ ledger: Ledger, hasMetadata: Bool) throws(StepFailure) {
        let operation: JSONValue =
            hasMetadata
            ? ["op": "add", "path": "/metadata/hfmint", "value": ledger.json]
            : ["op": "add", "path": "/metadata", "value": ["hfmint": ledger.json]]
        _ = try api.call(.patch, path, body: .json(.array([operation])))
    }

    /// Drops all old secrets, as Hydra cannot drop one; the manifest agrees to that with `dropAll`.
    func delete(_ id: String) throws(StepFailure) {
        let client = try look()
        guard Ledger.id(client.ledger.generation) != id else {
            throw api.refused("the current secret can be replaced, and never removed")
        }
        guard client.ledger.kept > 0 else { return }
        _ = try api.call(.delete, "\(path)/secrets/rotate")
        var ledger = client.ledger
        ledger.kept = 0
        try write(ledger, hasMetadata: client.hasMetadata)
    }
}
