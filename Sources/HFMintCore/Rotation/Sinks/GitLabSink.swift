extension GitLabSink {
    static let kind = Kind<any Sink>(
        "gitlab", help: "a CI/CD variable of a GitLab project or group",
        schema: ObjectShape(
            [
                .apiBase(publicAPI),
                .token("scope `api`, of a Maintainer (project) or Owner (group)"),
                .optional("project", .string(path), "its full path: group/project"),
                .optional("group", .string(path), "its full path, instead of a project"),
                .required("key", .string(.name(of: "variable", and: "_")), "of the variable"),
                .optional("environment", .string(.any), "the variable's environment scope (*)"),
            ],
            rule: { node in
                node.has("project") == node.has("group") ? "needs either 'project' or 'group'" : nil
            }),
        build: GitLabSink.init)

    /// The answers by which GitLab says that a call may work later.
    ///
    /// <https://docs.gitlab.com/administration/maintenance_mode/#rest-api>
    static let answers: [KnownAnswer] = [
        // Maintenance, a secondary site of Geo, or the move of a database.
        .later(403, saying: "write operations on a read-only instance", seconds: 60),
        // Several variables have the key, and no filter chooses one:
        // <https://docs.gitlab.com/api/project_level_variables/>.
        .refused(409, saying: "multiple variables"),
    ]
}

/// A CI/CD variable, whose flags stay as they are.
///
/// A hidden variable shows no value, and only reading it shows that it is hidden.
///
/// <https://docs.gitlab.com/api/project_level_variables/>, <https://docs.gitlab.com/api/group_level_variables/>
struct GitLabSink: Sink {
    static let publicAPI = "https://gitlab.com/api/v4"

    let target: String
    /// The path of the variables: `/projects/acme%2Ftraining/variables`.
    private let variables: String
    private let key: String
    private let scope: String
    private let api: API

    /// Accepts a path and no number, as one project under two names would be two targets.
    static let path = StringRule.custom("path") { text in
        if text.utf8.allSatisfy(\.isASCIIDigit) { return "must be a full path, not a number" }
        return StringRule.name(of: "path", and: "-_./").complaint(about: text)
    }

    init(_ settings: Settings) throws(MintError) {
        let base = try settings.apiBase(default: Self.publicAPI)
        let kind = settings["project"] == nil ? "group" : "project"
        let owner = trimmed(try settings.text(kind), ASCII.slash).asciiLowercased
        key = try settings.text("key")
        scope = settings["environment"] ?? "*"
        variables = "/\(kind)s/\(percentEncoded(owner))/variables"
        target = settings.target("\(kind)/\(owner)/\(key)/\(scope)", at: base, insteadOf: Self.publicAPI)
        api = settings.api(target, base: base, try settings.token(), answers: Self.answers)
    }

    /// Lists one variable if the wanted one is missing, which shows whether the project is missing.
    func preflight() throws(StepFailure) {
        let answer = try variable()
        if answer.status == 404 { _ = try api.call(.get, "\(variables)?per_page=1") }
    }

    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        let before = try variable()
        if before.secret("value")?.holdsSameBytes(as: value) == true { return Evidence(.readBack) }
        let text = JSONValue.secret(SharedSecret(value.duplicate()))
        if before.status == 200 {
            try send(.put, "\(variables)/\(key)\(filter)", ["value": text])
        } else {
            // `raw` keeps a `$` in the value from referring to another variable.
            try send(
                .post, variables,
                [
                    "key": .string(key), "environment_scope": .string(scope), "masked": true, "raw": true,
                    "value": text,
                ])
        }
        return try evidence(of: value)
    }

    func look() throws(StepFailure) -> Sighting {
        let variable = try variable()
        // A server that does not know the filter shows the variable of another scope.
        guard variable.status == 200, (variable.string("environment_scope") ?? scope).utf8.elementsEqual(scope.utf8)
        else { return Sighting(.absent) }
        // A hidden variable shows nothing that tells one value from another.
        guard variable.bool("hidden") != true, let value = variable.secret("value") else {
            return Sighting(.there)
        }
        return Sighting(showing: value)
    }

    private func send(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue) throws(StepFailure) {
        let response = try api.call(method, path, body: .json(body), accepting: [200, 201, 400])
        guard response.status == 400 else { return }
        throw api.refused("the value cannot be what the variable is, for instance masked (400)")
    }

    private func evidence(of value: borrowing Secret) throws(StepFailure) -> Evidence {
        let after = try variable()
        if after.bool("hidden") == true { return Evidence(.accepted) }
        guard after.secret("value")?.holdsSameBytes(as: value) == true else {
            throw api.retry("it does not show the value that was written")
        }
        return Evidence(.readBack)
    }

    private func variable() throws(StepFailure) -> API.Answer {
        try api.call(.get, "\(variables)/\(key)\(filter)", accepting: [200, 404]).asJSON()
    }

    /// Selects the scope: without it, GitLab answers 409 if several scopes have the key.
    ///
    /// <https://docs.gitlab.com/api/project_level_variables/#the-filter-parameter>
    private var filter: String { "?filter%5Benvironment_scope%5D=\(percentEncoded(scope))" }
}
