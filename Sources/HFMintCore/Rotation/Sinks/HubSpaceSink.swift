extension HubSpaceSink {
    static let kind = Kind<any Sink>(
        "hub-space", help: "a secret of a Space on the Hub; each write restarts the Space",
        schema: ObjectShape([
            .apiBase(publicAPI),
            .token("a user's token with write access to the Space; one of Trusted Publishers is not known to work"),
            .required("space", .string(.custom("space", check: complaint)), "owner/name"),
            .required("name", .string(.name(of: "secret", and: "_")), "of the secret"),
            .optional("health", .object(Health.shape), "what is waited for after a write; without it, nothing is"),
        ]), build: HubSpaceSink.init)
}

/// A secret of a Space, which ``SpaceAPI`` writes, and ``SpaceHealth`` watches if the manifest says so.
struct HubSpaceSink: Sink {
    static let publicAPI = "https://huggingface.co"

    let target: String
    let isReadable = false
    private let name: String
    private let space: SpaceAPI
    private let token: SecretSource
    private let health: Health?

    init(_ settings: Settings) throws(MintError) {
        let base = try settings.apiBase(default: Self.publicAPI)
        let space = try settings.text("space")
        guard let resource = Self.resource(space) else { throw .usage("'\(space)' is no Space") }
        name = try settings.text("name")
        // The Hub heeds the case of a Space's name, yet allows no two names that differ only in case.
        target = settings.target("\(ListedSpace.key(resource))/\(name)", at: base, insteadOf: Self.publicAPI)
        token = try settings.secret("token")
        health = settings.node["health"].map { Health($0) }
        self.space = SpaceAPI(api: settings.api(target, base: base, try settings.token()), space: resource)
    }

    private static func resource(_ text: String) -> Resource? {
        guard let resource = try? Resource(parsing: text, endpoint: .huggingFace) else { return nil }
        let isSpace = resource.kind == .space || resource.kind == .model && !text.utf8.contains(ASCII.colon)
        return isSpace ? Resource(kind: .space, namespace: resource.namespace, name: resource.name) : nil
    }

    @Sendable static func complaint(about text: String) -> String? {
        resource(text) == nil ? "is no Space: owner/name" : nil
    }

    func preflight() throws(StepFailure) {
        let isPublishers = try token.read(for: target).reveal { HubToken.Kind(in: $0) == .repository }
        guard !isPublishers else {
            throw space.api.refused("a token of Trusted Publishers is not known to work here; it needs a user's token")
        }
        _ = try known()
        // A page that cannot be read proves nothing, and its secrets could be.
        if case .there(let page)? = try? space.info(), page.sdk?.utf8.elementsEqual("static".utf8) == true {
            throw space.api.refused("a static Space hands its secrets to every browser")
        }
        if health != nil { _ = try space.runtime() }
    }

    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        guard value.byteCount > 0 else { throw space.api.refused("the value is empty") }
        let before = try known()
        do throws(StepFailure) {
            try space.setSecret(name, value, description: before?.description)
        } catch {
            // The rotation repeats the write with the same value, which does no harm.
            throw error.repeatable
        }
        return Evidence(updatedAt: try known()?.updatedAt, before: before?.updatedAt)
    }

    func look() throws(StepFailure) -> Sighting {
        guard let known = try known() else { return Sighting(.absent) }
        return Sighting(.there, mark: known.updatedAt)
    }

    func watch(isWritten: Bool) throws(StepFailure) -> SpaceWatch? {
        guard let health else { return nil }
        return SpaceWatch(space, health, before: isWritten ? nil : try space.runtime())
    }

    /// Reads what the Hub shows of the secret, or nil if there is none.
    private func known() throws(StepFailure) -> SecretState? {
        try space.secrets().first { $0.name.utf8.elementsEqual(name.utf8) }
    }
}
