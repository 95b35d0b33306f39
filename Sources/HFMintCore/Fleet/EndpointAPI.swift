/// The endpoints of one namespace at the service of Inference Endpoints.
///
/// An update names what it changes and nothing else: a `null` erases, an `image` must be sent whole, and the service
/// shows registry credentials redacted, so that an image that was read must never be sent back.
/// <https://huggingface.co/docs/huggingface_hub/guides/inference_endpoints>,
/// <https://github.com/huggingface/huggingface_hub/issues/2472>
struct EndpointAPI: Sendable {
    let api: API
    let namespace: String

    private func path(_ name: String = "") -> String {
        "/v2/endpoint/\(percentEncoded(namespace))\(name.isEmpty ? "" : "/\(percentEncoded(name))")"
    }

    /// Returns those endpoints of the namespace that the credential may see, by their names.
    func list() throws(StepFailure) -> [String: EndpointState] {
        let answer = try api.call(.get, path(), bodyLimit: API.largeBody)
        return try answer.reading { (root, text) -> [String: EndpointState]? in
            guard let items = root["items"]?.elements else { return nil }
            var states: [String: EndpointState] = [:]
            for item in items {
                guard let name = item["name"]?.text(in: text), let state = EndpointState(item, in: text) else {
                    return nil
                }
                states[name] = state
            }
            return states
        }
    }

    /// Returns an endpoint, or nil if there is none that the credential may see.
    func read(_ name: String) throws(StepFailure) -> EndpointState? {
        let answer = try api.call(.get, path(name), accepting: [200, 404], bodyLimit: API.largeBody)
        guard answer.status == 200 else { return nil }
        return try answer.reading { (root, text) in EndpointState(root, in: text) }
    }

    /// Changes an endpoint, which deploys it anew; nothing is sent for an empty change.
    ///
    /// A failure whose answer is lost is ``StepFailure/Kind/ambiguous``.
    func update(_ name: String, _ change: EndpointChange) throws(StepFailure) {
        guard let body = change.body else { return }
        let answer = try api.call(
            .put, path(name), body: .json(body), effect: .once, accepting: [200, 201, 202, 204],
            bodyLimit: API.largeBody)
        if let no = answer.politeNo { throw api.refused(no) }
    }
}

/// What an update of an endpoint changes; what is nil is not sent.
struct EndpointChange: Sendable {
    /// All variables: whether the service would keep those that are left out is not documented.
    var environment: [Entry]?
    /// All secrets, each with its value.
    var secrets: [(name: String, value: SharedSecret)]?
    var minReplica: Int?
    var maxReplica: Int?
    /// 0 for never, which the service is not known to take.
    var scaleToZeroMinutes: Int?
    var revision: String?
    /// All tags.
    var tags: [String]?

    /// The body of the update, without any `null`; nil if nothing changes.
    var body: JSONValue? {
        let scaling = members([
            ("minReplica", minReplica.map { .integer($0) }), ("maxReplica", maxReplica.map { .integer($0) }),
            ("scaleToZeroTimeout", scaleToZeroMinutes.map { .integer($0) }),
        ])
        let model = members([
            ("revision", revision.map { .string($0) }),
            ("env", environment.map { .object($0.map { .init($0.name, .string($0.value)) }) }),
            ("secrets", secrets.map { .object($0.map { .init($0.name, .secret($0.value)) }) }),
        ])
        return members([
            ("compute", scaling.map { ["scaling": $0] }), ("model", model), ("tags", tags.map { .strings($0) }),
        ])
    }

    private func members(_ all: [(String, JSONValue?)]) -> JSONValue? {
        let given = all.compactMap { name, value in value.map { JSONValue.Member(name, $0) } }
        return given.isEmpty ? nil : .object(given)
    }
}

extension EndpointState {
    /// Reads an endpoint, and no value of a secret, should one be there.
    fileprivate init?(_ node: JSONNode, in text: Span<UInt8>) {
        guard let status = node["status"], let state = status["state"]?.text(in: text) else { return nil }
        let scaling = node["compute"]?["scaling"]
        let model = node["model"]
        let neverSleeps = scaling?.member("scaleToZeroTimeout")?.isNull == true
        self.init(
            state: state.plain ?? "unknown", updatedAt: status["updatedAt"]?.text(in: text)?.plain,
            environment: model?["env"].flatMap { Self.environment($0, in: text) },
            secretNames: model?["secrets"]?.members?.map { String(decoding: $0.name, as: UTF8.self) },
            minReplica: scaling?["minReplica"]?.integer(in: text),
            maxReplica: scaling?["maxReplica"]?.integer(in: text),
            scaleToZeroMinutes: neverSleeps ? 0 : scaling?["scaleToZeroTimeout"]?.integer(in: text),
            revision: model?["revision"]?.text(in: text),
            tags: (node["tags"]?.elements ?? []).compactMap { $0.text(in: text) })
    }

    /// Nil if it is no map of texts, so that nothing is sent in its place.
    private static func environment(_ node: JSONNode, in text: Span<UInt8>) -> [Entry]? {
        let entries = node.members?.compactMap { member in
            member.node.text(in: text).map { Entry(name: String(decoding: member.name, as: UTF8.self), value: $0) }
        }
        return entries?.count == node.members?.count ? entries : nil
    }
}

extension API {
    /// Asks the Hub, which is not the service of endpoints, for a right to all endpoints of a namespace or to one.
    ///
    /// <https://huggingface.co/docs/inference-endpoints/guides/access>
    ///
    /// - Parameter right: `read` or `write`.
    /// - Returns: the status: 200, 207 if the credential is for endpoints of certain names alone, or a refusal.
    func endpointRight(_ right: String, to namespace: String, _ name: String? = nil) throws(StepFailure) -> Int {
        let place = name.map { "\(percentEncoded(namespace))/\(percentEncoded($0))" } ?? percentEncoded(namespace)
        return try call(
            .post, "/api/inference-endpoints/\(place)/auth-check/\(right)",
            accepting: [200, 207, 401, 402, 403, 404]
        ).status
    }
}
