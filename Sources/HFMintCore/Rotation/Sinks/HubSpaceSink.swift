extension HubSpaceSink {
    static let kind = Kind<any Sink>(
        "hub-space", help: "a secret of a Space on the Hub; each write restarts the Space",
        schema: ObjectShape([
            .apiBase(publicAPI),
            .token("a user's token with write access to the Space; one of Trusted Publishers is not known to work"),
            .required("space", .string(.custom("space", check: complaint)), "owner/name"),
            .required("name", .string(.name(of: "secret", and: "_")), "of the secret"),
        ]), build: HubSpaceSink.init)
}

/// A secret of a Space, see ``SpaceSecrets``.
struct HubSpaceSink: Sink {
    static let publicAPI = "https://huggingface.co"

    let target: String
    let isReadable = false
    private let secrets: String
    private let name: String
    private let api: API
    private let token: SecretSource

    init(_ settings: Settings) throws(MintError) {
        let base = try settings.apiBase(default: Self.publicAPI)
        let space = try settings.text("space")
        guard let resource = Self.resource(space) else { throw .usage("'\(space)' is no Space") }
        let id = "\(resource.namespace)/\(resource.name)"
        name = try settings.text("name")
        secrets = SpaceSecrets.path(of: resource)
        // The Hub heeds the case of a Space's name, yet allows no two names that differ only in case.
        target = settings.target("\(id.asciiLowercased)/\(name)", at: base, insteadOf: Self.publicAPI)
        token = try settings.secret("token")
        api = settings.api(target, base: base, try settings.token())
    }

    private static func resource(_ text: String) -> Resource? {
        guard let resource = try? Resource(parsing: text, endpoint: .huggingFace) else { return nil }
        return resource.kind == .space || (resource.kind == .model && !text.utf8.contains(ASCII.colon)) ? resource : nil
    }

    @Sendable static func complaint(about text: String) -> String? {
        resource(text) == nil ? "is no Space: owner/name" : nil
    }

    func preflight() throws(StepFailure) {
        let isPublishers = try token.read(for: target).reveal { HubToken.Kind(in: $0) == .repository }
        guard !isPublishers else {
            throw api.refused("a token of Trusted Publishers is not known to work here; it needs a user's token")
        }
        _ = try known()
    }

    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        guard value.byteCount > 0 else { throw api.refused("the value is empty") }
        let before = try known()
        let body = SpaceSecrets.body(name: name, value: value, description: before?.description)
        _ = try api.call(.post, secrets, body: .jsonText(body))
        return Evidence(updatedAt: try known()?.updatedAt, before: before?.updatedAt)
    }

    func look() throws(StepFailure) -> Sighting {
        guard let known = try known() else { return Sighting(.absent) }
        return Sighting(.there, mark: known.updatedAt)
    }

    private struct Known {
        let updatedAt: String?
        let description: String?
    }

    /// Reads what the Hub shows of the secret, or nil if there is none.
    private func known() throws(StepFailure) -> Known? {
        let answer = try api.call(.get, secrets, bodyLimit: API.largeBody).asJSON()
        guard answer.has(name) else { return nil }
        return Known(
            updatedAt: answer.string(name, "updatedAt")?.plain, description: answer.string(name, "description"))
    }
}
