extension GitHubActionsSink {
    static let kind = Kind<any Sink>(
        "github-actions", help: "a secret of GitHub Actions: of a repository, an environment, or an organization",
        schema: ObjectShape(
            [
                .apiBase(publicAPI),
                .token("may write secrets there: a GitHub App's token, or a fine-grained personal one"),
                .optional("repository", .string(.pair(of: "repository")), "owner/name"),
                .optional("environment", .string(.any), "of the repository"),
                .optional("organization", .string(.name(of: "organization", and: "-")), "instead of a repository"),
                .optional(
                    "visibility", .string(.word(["private", "all"])),
                    "who may use an organization's secret that is new (private); an existing one keeps its own"),
                .required("name", .string(.custom("secret", check: complaint)), "of the secret"),
            ],
            rule: { node in
                guard node.has("repository") != node.has("organization") else {
                    return "needs either 'repository' or 'organization'"
                }
                if node.has("environment"), !node.has("repository") { return "'environment' needs 'repository'" }
                return node.has("visibility") && !node.has("organization")
                    ? "'visibility' is for an organization's secret" : nil
            }),
        build: GitHubActionsSink.init)

    /// The answers by which GitHub says that a call may work later.
    ///
    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>: at least a minute, if no header
    /// says how long. Often none does: <https://github.com/hub4j/github-api/issues/2009>.
    static let answers: [KnownAnswer] = [
        .later(403, saying: "secondary rate limit", seconds: 60),
        .later(429, saying: "secondary rate limit", seconds: 60),
        .later(403, saying: "api rate limit exceeded", seconds: 60),
        .later(429, saying: "api rate limit exceeded", seconds: 60),
        // The limit's former name: <https://github.com/octokit/plugin-throttling.js/blob/main/src/index.ts>.
        .later(403, saying: "abuse detection mechanism", seconds: 60),
        // GraphQL says this too: <https://github.com/cli/cli/issues/4801>.
        .later(403, saying: "was submitted too quickly", seconds: 60),
        .later(422, saying: "was submitted too quickly", seconds: 60),
    ]
}

/// A secret of GitHub Actions, sealed to the public key of its scope.
///
/// <https://docs.github.com/en/rest/actions/secrets>
struct GitHubActionsSink: Sink {
    static let publicAPI = "https://api.github.com"

    let target: String
    let isReadable = false
    /// The path of the scope's secrets: `/repos/acme/training/actions/secrets`.
    private let secrets: String
    private let name: String
    private let isOrganization: Bool
    private let newVisibility: String
    private let api: API

    init(_ settings: Settings) throws(MintError) {
        let base = try settings.apiBase(default: Self.publicAPI)
        // GitHub ignores the case of all these names, and keeps a secret's name in capitals.
        name = String(decoding: try settings.text("name").utf8.map(\.asciiUppercased), as: UTF8.self)
        let scope: String
        if let organization = settings["organization"].map(\.asciiLowercased) {
            secrets = "/orgs/\(organization)/actions/secrets"
            scope = "orgs/\(organization)"
        } else {
            let repository = try settings.text("repository").asciiLowercased
            if let environment = settings["environment"].map(\.asciiLowercased) {
                secrets = "/repos/\(repository)/environments/\(percentEncoded(environment))/secrets"
                scope = "\(repository)/environments/\(environment)"
            } else {
                secrets = "/repos/\(repository)/actions/secrets"
                scope = repository
            }
        }
        isOrganization = settings["organization"] != nil
        newVisibility = settings["visibility"] ?? "private"
        target = settings.target("\(scope)/\(name)", at: base, insteadOf: Self.publicAPI)
        api = settings.api(target, base: base, try settings.token(), answers: Self.answers)
    }

    /// Returns what is wrong with a secret's name, or nil.
    ///
    /// <https://docs.github.com/en/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions>
    @Sendable static func complaint(about name: String) -> String? {
        if let complaint = StringRule.name(of: "secret", and: "_").complaint(about: name) { return complaint }
        let isTaken = name.utf8.first?.isASCIIDigit == true || name.asciiLowercased.hasStart("github_")
        return isTaken ? "must not begin with a digit or GITHUB_" : nil
    }

    /// Seals an empty value to the scope's key, so that a missing library shows now.
    func preflight() throws(StepFailure) {
        _ = try seal(Secret(copying: []), to: try publicKey())
        _ = try known()
    }

    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        let before = try known()
        let key = try publicKey()
        var members = [
            JSONValue.Member("encrypted_value", .string(try seal(value, to: key))),
            JSONValue.Member("key_id", .string(key.id)),
        ]
        if isOrganization { members += try access(before) }
        _ = try api.call(
            .put, "\(secrets)/\(name)", headers: Self.headers, body: .json(.object(members)), accepting: [201, 204])
        return Evidence(updatedAt: try known()?.updatedAt, before: before?.updatedAt)
    }

    func look() throws(StepFailure) -> Sighting {
        guard let known = try known() else { return Sighting(.absent) }
        return Sighting(.there, mark: known.updatedAt)
    }

    /// The version of the API that this file is written for.
    ///
    /// <https://docs.github.com/en/rest/about-the-rest-api/api-versions>
    private static let headers = [HTTPHeader("X-GitHub-Api-Version", "2022-11-28")]

    // MARK: What GitHub shows of a secret

    private struct Known {
        let updatedAt: String?
        let visibility: String?
    }

    /// Reads what GitHub shows of the secret, or nil if there is none.
    private func known() throws(StepFailure) -> Known? {
        let answer = try api.call(.get, "\(secrets)/\(name)", headers: Self.headers, accepting: [200, 404]).asJSON()
        guard answer.status == 200 else { return nil }
        return Known(updatedAt: answer.string("updated_at")?.plain, visibility: answer.string("visibility"))
    }

    // MARK: Who may use it

    /// Returns the members that say who may use the secret.
    ///
    /// An update without them resets them, and the chosen repositories lose the secret.
    private func access(_ known: Known?) throws(StepFailure) -> [JSONValue.Member] {
        // An existing secret keeps its visibility. If GitHub does not show it, a guess could lock its users out.
        let visibility = known.map { $0.visibility ?? "" } ?? newVisibility
        guard ["all", "private", "selected"].contains(visibility) else {
            throw api.refused("the secret has a visibility that is not known here")
        }
        var members = [JSONValue.Member("visibility", .string(visibility))]
        if visibility == "selected" {
            let ids = try selectedRepositories().map { JSONValue.integer($0) }
            members.append(JSONValue.Member("selected_repository_ids", .array(ids)))
        }
        return members
    }

    private func selectedRepositories() throws(StepFailure) -> [Int] {
        var ids: [Int] = []
        for page in 1...100 {
            let answer = try api.call(
                .get, "\(secrets)/\(name)/repositories?per_page=100&page=\(page)", headers: Self.headers,
                bodyLimit: API.largeBody
            ).asJSON()
            let found = answer.elements("repositories") { node, text in node["id"]?.integer(in: text) } ?? []
            ids += found
            guard let total = answer.integer("total_count"), ids.count <= total else { break }
            if ids.count == total { return ids }
            if found.isEmpty { break }
        }
        throw api.retry("the list of its repositories is not complete")
    }

    // MARK: Sealing

    private struct PublicKey {
        let id: String
        let bytes: [UInt8]
    }

    /// Reads the key of Actions; Dependabot and Codespaces have others.
    private func publicKey() throws(StepFailure) -> PublicKey {
        let answer = try api.call(.get, "\(secrets)/public-key", headers: Self.headers).asJSON()
        let text = Array((answer.string("key") ?? "").utf8)
        guard let id = answer.string("key_id"), let key = Secret(decodingBase64: text.span) else {
            throw api.retry("answered with no public key")
        }
        return PublicKey(id: id, bytes: key.reveal { $0.bytes })
    }

    private func seal(_ value: borrowing Secret, to key: PublicKey) throws(StepFailure) -> String {
        do throws(MintError) {
            let box = Secret(copying: try api.context.sealedBoxes.seal(value, to: key.bytes)).base64Encoded()
            return String(decoding: box.reveal { $0.bytes }, as: UTF8.self)
        } catch {
            throw api.refused([error.message, error.hint].compactMap(\.self).joined(separator: "; "))
        }
    }
}
