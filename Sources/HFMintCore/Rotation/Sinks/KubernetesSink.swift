extension KubernetesSink {
    static let kind = Kind<any Sink>(
        "kubernetes", help: "one key of a Secret in Kubernetes",
        schema: ObjectShape([
            .apiBase(inCluster),
            .optional("token", .secretReference, "may `get` and `patch` the Secret (the pod's own service account)"),
            .optional("ca", .string(.path), "a bundle of the cluster's certificate authority (the pod's own)")
                .needing(.certificates),
            .required("namespace", .string(.name(of: "namespace", and: "-", most: 63)), "of the Secret"),
            .required("name", .string(.name(of: "Secret", and: "-.", most: 253)), "of the Secret"),
            .required(
                "key", .string(.name(of: "key", and: "-_.", most: 253)), "in its data; the other keys stay as they are"),
            .optional("force", .bool, "whether to take the key over from another field manager"),
        ]), build: KubernetesSink.init)

    /// The answers by which Kubernetes says that a call may work later.
    ///
    /// <https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/types.go> (`StatusReason`)
    static let answers: [KnownAnswer] = [
        // Somebody else's write came first. A conflict of field managers says something else.
        .doubt(409, saying: "the object has been modified"),
        // An admission plugin has not filled its caches:
        // <https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go>
        .later(403, saying: "not yet ready to handle request"),
        // The use of a quota has not been counted. An exceeded quota says something else.
        // <https://github.com/kubernetes/apiserver/blob/master/pkg/admission/plugin/resourcequota/controller.go>
        .later(403, saying: "status unknown for quota"),
    ]
}

/// One key of a Secret, written by server-side apply.
///
/// <https://kubernetes.io/docs/reference/using-api/server-side-apply/>
struct KubernetesSink: Sink {
    static let inCluster = "https://kubernetes.default.svc"
    /// The directory of a pod's own credential.
    ///
    /// <https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api>
    private static let serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"

    let target: String
    private let namespace: String
    private let name: String
    private let key: String
    private let force: Bool
    private let api: API

    init(_ settings: Settings) throws(MintError) {
        let base = try settings.apiBase(default: Self.inCluster)
        namespace = try settings.text("namespace")
        name = try settings.text("name")
        key = try settings.text("key")
        force = settings.flag("force")
        target = settings.target("\(namespace)/\(name)#\(key)", at: base, insteadOf: Self.inCluster)
        let ownCA = base.spelling == Self.inCluster ? "\(Self.serviceAccount)/ca.crt" : nil
        let bundle = settings["ca"].map { settings.absolute($0) } ?? ownCA
        api = settings.api(
            target, base: base, try settings.token(default: .file("\(Self.serviceAccount)/token")),
            answers: Self.answers, trust: bundle.map { .files(bundle: $0, directory: nil) })
    }

    private var path: String { "/api/v1/namespaces/\(namespace)/secrets/\(name)" }

    /// The key's own field manager, of 128 bytes at the most.
    ///
    /// Kubernetes removes a field that its manager applied before and leaves out now. Two rotations that write two keys
    /// of one Secret under one manager would remove each other's key.
    private var manager: String {
        let name = "hfmint-\(key)"
        return name.utf8.count <= 128 ? name : "hfmint-\(fingerprint([Array(key.utf8)]))"
    }

    /// Lets the server rehearse an apply with a value that is no secret, which shows a conflict before a change.
    func preflight() throws(StepFailure) {
        let found = try secret()
        guard found.bool("immutable") != true else { throw api.refused("the Secret is immutable") }
        _ = try apply(Secret(copying: "hfmint".utf8), isTrial: true)
    }

    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        let applied = try apply(value, isTrial: false)
        guard applied.secret("data", key)?.holdsSameBytes(as: value.base64Encoded()) == true,
            let version = applied.string("metadata", "resourceVersion")?.plain
        else { throw api.retry("it does not show the value that was written") }
        return Evidence(.version, version)
    }

    func look() throws(StepFailure) -> Sighting {
        let found = try secret()
        return Sighting(showing: found.secret("data", key)?.reveal { Secret(decodingBase64: $0) })
    }

    private func secret() throws(StepFailure) -> API.Answer {
        try api.call(.get, path, accepting: [200, 404], bodyLimit: API.largeBody).asJSON()
    }

    /// Applies the value, or rehearses that.
    ///
    /// It uses `data`, as an apply never gives up a `stringData`. JSON is YAML:
    /// <https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply>
    private func apply(_ value: borrowing Secret, isTrial: Bool) throws(StepFailure) -> API.Answer {
        let data = JSONValue.object([.init(key, .secret(SharedSecret(value.base64Encoded())))])
        let secret: JSONValue = [
            "apiVersion": "v1", "kind": "Secret",
            "metadata": ["name": .string(name), "namespace": .string(namespace)], "data": data,
        ]
        let query = "fieldManager=\(percentEncoded(manager))&force=\(force)\(isTrial ? "&dryRun=All" : "")"
        let answer = try api.call(
            .patch, "\(path)?\(query)", body: .json(secret, type: "application/apply-patch+yaml"),
            accepting: [200, 201, 409, 422], bodyLimit: API.largeBody
        ).asJSON()
        switch answer.status {
        case 409 where isFieldConflict(answer):
            throw api.refused("another field manager owns the key; `force: true` takes it over")
        case 409: throw api.retry("others write it at the same time (409)")
        case 422: throw api.refused("the Secret cannot be changed so, for instance as it is immutable (422)")
        default: return answer
        }
    }

    /// Returns whether another manager owns the key, rather than writes at the same time.
    ///
    /// <https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts>
    private func isFieldConflict(_ answer: borrowing API.Answer) -> Bool {
        let reasons = answer.elements("details", "causes") { cause, text in cause["reason"]?.text(in: text) }
        return reasons?.contains("FieldManagerConflict") == true
    }
}
