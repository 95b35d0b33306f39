extension VaultSink {
    static let kind = Kind<any Sink>(
        "vault", help: "one field of a secret in Vault's (or OpenBao's) KV version 2",
        schema: ObjectShape([
            .required("url", .string(.url), "the server: https://vault.acme.example:8200"),
            .token("may `read` and `patch` (or `create` and `update`) MOUNT/data/PATH"),
            .optional("namespace", .string(.name(of: "namespace", and: "-_./")), "of Vault Enterprise or OpenBao"),
            .optional("mount", .string(.name(of: "mount", and: "-_./")), "of the secrets engine (secret)"),
            .required("path", .string(.name(of: "path", and: "-_./@:+ ")), "of the secret, below the mount"),
            .required("field", .string(.any), "of the secret; its other fields stay as they are"),
        ]), build: VaultSink.init)

    /// The answers by which Vault and OpenBao say that a call may work later.
    ///
    /// <https://developer.hashicorp.com/vault/api-docs#http-status-codes>,
    /// <https://developer.hashicorp.com/vault/api-docs/system/health>
    static let answers: [KnownAnswer] = [
        // The engine has just been mounted or made versioned; a standby says so until the primary has done it.
        // <https://github.com/hashicorp/vault-plugin-secrets-kv/issues/75>
        .later(400, saying: "upgrading from non-versioned to versioned data"),
        .later(400, saying: "waiting for the primary to upgrade"),
        // A secondary for disasters, until it is promoted. Users report these words, and no page of the vendor does.
        // <https://github.com/aphorise/vagrant_haproxy_vault-dr-clusters>
        .later(
            400, saying: "path disabled in replication dr secondary mode", because: "it is a secondary for disasters"),
        // "required index state not present": <https://developer.hashicorp.com/vault/docs/enterprise/consistency>.
        .later(412),
        // A standby that cannot forward the request names the active node:
        // <https://developer.hashicorp.com/vault/docs/concepts/ha#client-redirection>.
        .later(307),
        .later(472, because: "it is a secondary for disasters"),
        .later(473, because: "it is a standby"),
        .later(474, because: "it is a standby that cannot reach the active node"),
        .doubt(501, because: "it is not initialized"), .doubt(503, saying: "is sealed", because: "it is sealed"),
        .doubt(500, saying: "local node not active", because: "it has no active node"),
    ]
}

/// A field of a KV version 2 secret, which is written only if its version is the one that was read before.
///
/// <https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2>
struct VaultSink: Sink {
    let target: String
    private let mount: String
    private let path: String
    private let field: String
    private let headers: [HTTPHeader]
    private let api: API

    init(_ settings: Settings) throws(MintError) {
        let base = try settings.apiBase()
        mount = trimmed(settings["mount"] ?? "secret", ASCII.slash)
        path = trimmed(try settings.text("path"), ASCII.slash)
        field = try settings.text("field")
        let namespace = settings["namespace"].map { trimmed($0, ASCII.slash) } ?? ""
        // A Vault agent may refuse a request without this header.
        headers =
            [HTTPHeader("X-Vault-Request", "true")]
            + (namespace.isEmpty ? [] : [HTTPHeader("X-Vault-Namespace", namespace)])
        let name = [namespace, mount, path].filter { !$0.isEmpty }.joined(separator: "/")
        target = settings.target("\(name)#\(field)", at: base)
        api = settings.api(
            target, base: base.below("/v1"), try settings.token(in: "X-Vault-Token", prefix: ""), answers: Self.answers)
    }

    private var data: String { "/\(encoded(mount))/data/\(encoded(path))" }

    private func encoded(_ path: String) -> String {
        path.utf8.split(separator: ASCII.slash).map { percentEncoded(String(Substring($0))) }.joined(separator: "/")
    }

    // MARK: Preflight

    func preflight() throws(StepFailure) {
        try checkEngine()
        try checkCapabilities()
        _ = try current()
    }

    /// Checks the version of the engine by the route of Vault's own command line, unless the token may not ask.
    ///
    /// <https://github.com/hashicorp/vault/blob/main/command/kv_helpers.go>
    private func checkEngine() throws(StepFailure) {
        let path = "/sys/internal/ui/mounts/\(encoded(mount))"
        let answer = try api.call(.get, path, headers: headers, accepting: [200, 403, 404]).asJSON()
        guard answer.status == 200 else { return }
        guard answer.string("data", "options", "version") == "2" else {
            throw api.refused("the secrets engine is not KV version 2")
        }
    }

    /// Checks that the token may read and write the secret, unless its policies do not let it ask.
    ///
    /// <https://developer.hashicorp.com/vault/api-docs/system/capabilities-self>
    private func checkCapabilities() throws(StepFailure) {
        let path = JSONValue.string("\(mount)/data/\(path)")
        let answer = try api.call(
            .post, "/sys/capabilities-self", headers: headers, body: .json(["paths": .array([path])]),
            accepting: [200, 403]
        ).asJSON()
        guard answer.status == 200,
            let list = answer.strings("capabilities") ?? answer.strings("data", "capabilities")
        else { return }
        let words = Set(list)
        let mayWrite = words.contains("read") && !words.isDisjoint(with: ["create", "update", "patch"])
        guard mayWrite || words.contains("root") else { throw api.refused("the credential may not read and write it") }
    }

    // MARK: Reading

    /// The last version of the secret.
    private struct Current: ~Copyable {
        /// 0 if there never was one.
        let version: Int
        /// The JSON object, or nil if there is none, or its last version is deleted.
        let data: Secret?

        borrowing func value(of field: String) -> Secret? {
            switch data {
            case .some(let data): data.member(field)
            case .none: nil
            }
        }
    }

    /// Reads the last version of the secret.
    private func current() throws(StepFailure) -> Current {
        let answer = try api.call(
            .get, data, headers: headers, accepting: [200, 404], bodyLimit: API.largeBody
        ).asJSON()
        let version = answer.integer("data", "metadata", "version")
        guard answer.status == 200 else { return Current(version: version ?? 0, data: nil) }
        guard let version else { throw api.refused("it is not a secret of KV version 2") }
        return Current(version: version, data: answer.object("data", "data"))
    }

    func look() throws(StepFailure) -> Sighting {
        let current = try current()
        return Sighting(showing: current.value(of: field))
    }

    // MARK: Writing

    private static let mostConflicts = 3

    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        var lost: Int?
        for _ in 0..<Self.mostConflicts {
            let current = try current()
            if current.value(of: field)?.holdsSameBytes(as: value) == true {
                return Evidence(.version, "\(current.version)")
            }
            guard current.version != lost else { throw api.refused("the server takes no such write (400)") }
            if let version = try set(value, current) { return Evidence(.version, "\(version)") }
            lost = current.version
        }
        throw api.retry("others keep writing it")
    }

    /// Sets the field and returns the new version, or nil if somebody else has written the secret meanwhile.
    private func set(_ value: borrowing Secret, _ current: borrowing Current) throws(StepFailure) -> Int? {
        switch current.data {
        case .none: return try write(Secret(copying: "{}".utf8), value, against: current.version)
        case .some(let data):
            switch try patch(value, against: current.version) {
            case .made(let version): return version
            case .conflict: return nil
            case .notAllowed: return try write(data, value, against: current.version)
            }
        }
    }

    private enum Patched { case made(Int), conflict, notAllowed }

    /// Sends the field alone, which needs Vault 1.9 and the capability `patch`.
    private func patch(_ value: borrowing Secret, against version: Int) throws(StepFailure) -> Patched {
        let fields = JSONValue.object([.init(field, .secret(SharedSecret(value.duplicate())))])
        let body: JSONValue = ["options": ["cas": .integer(version)], "data": fields]
        let response = try api.call(
            .patch, data, headers: headers, body: .json(body, type: "application/merge-patch+json"),
            accepting: [200, 400, 403, 404, 405])
        switch response.status {
        case 200: return .made(try self.version(of: response))
        case 403, 405: return .notAllowed
        default: return .conflict
        }
    }

    /// Sends the whole object with the field set.
    private func write(
        _ object: borrowing Secret, _ value: borrowing Secret, against version: Int
    ) throws(StepFailure) -> Int? {
        guard let merged = object.settingMember(field, to: value) else { throw api.refused("it is no JSON object") }
        let body: [TextOrToken] = [
            .text("{\"options\":{\"cas\":\(version)},\"data\":"), .secret(SharedSecret(merged)), .text("}"),
        ]
        let response = try api.call(.post, data, headers: headers, body: .jsonText(body), accepting: [200, 204, 400])
        switch response.status {
        case 200: return try self.version(of: response)
        // Version 1 accepts anything at any path.
        case 204: throw api.refused("the secrets engine is not KV version 2")
        default: return nil
        }
    }

    private func version(of answer: consuming API.Answer) throws(StepFailure) -> Int {
        guard let version = try answer.asJSON().integer("data", "version") else {
            throw api.retry("answered with no version")
        }
        return version
    }
}
