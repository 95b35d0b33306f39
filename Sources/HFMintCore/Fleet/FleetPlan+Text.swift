/// The file of a plan: one JSON object on one line, in one spelling.
///
/// `id` is a checksum of all other members, by which a torn or edited file shows. It proves nothing about who wrote the
/// file, and need not: a plan is applied only where it is the plan that would be made again.
extension FleetPlan {
    private static let format = 1

    /// The id of the plan: 32 hexadecimal digits, which depend on all that it says.
    package var id: String { Self.id(of: members) }

    private static func id(of members: [JSONValue.Member]) -> String {
        fingerprint([JSONValue.object(members).rendered().reveal { $0.bytes }])
    }

    /// The text of the file, with a line feed at its end.
    package func rendered() -> [UInt8] {
        let members = members
        let all = [JSONValue.Member("hfmint_plan", .integer(Self.format)), .init("id", .string(Self.id(of: members)))]
        return JSONValue.object(all + members).rendered().reveal { $0.bytes } + [ASCII.lineFeed]
    }

    private var members: [JSONValue.Member] {
        [
            .init("has_changes", .bool(hasChanges)), .init("partial", .bool(isPartial)),
            .init("created_at", .string(createdAt.rfc3339)), .init("expires_at", .string(expiresAt.rfc3339)),
            .init("endpoint", .string("\(endpoint)")), .init("endpoints_url", .string("\(endpointsURL)")),
            .init("organization", .string(organization)), .init("app", .string(app)),
            .init("max_deletes", pruning.map { .integer($0) } ?? .null),
            .init("manifest_sha256", .string(manifestDigest)),
            .init("changes", .array(changes.map(\.json))),
            .init("waves", .array(waves.map { .strings($0) })),
            .init("unreadable", .strings(unreadable)), .init("refused", .strings(refused)),
        ]
    }

    /// Reads what ``rendered()`` wrote, and nothing else.
    package init(parsing text: [UInt8]) throws(Malformed) {
        let root = ManifestNode(try JSONText(text, limits: .manifest))
        guard let format = root["hfmint_plan"]?.integer else { throw Malformed("it is no plan") }
        guard format == Self.format else {
            throw Malformed("another version of hfmint wrote it", hint: "plan anew with this one")
        }
        guard let plan = Self(root) else { throw Malformed("it is not what hfmint writes") }
        // One spelling: no member more, no value that would be read as another one, and the right id.
        guard plan.rendered() == text else { throw Malformed("it was changed after hfmint had written it") }
        guard Set(plan.changes.map(\.key)).count == plan.changes.count else {
            throw Malformed("it has a change twice")
        }
        self = plan
    }

    private init?(_ root: ManifestNode) {
        guard let created = root["created_at"]?.string.flatMap({ Timestamp(internetDate: $0) }),
            let endpoint = root["endpoint"]?.string.flatMap({ Origin($0.utf8) }),
            let endpointsURL = root["endpoints_url"]?.string.flatMap({ HTTPURL($0) }),
            let digest = root["manifest_sha256"]?.string
        else { return nil }
        createdAt = created
        self.endpoint = endpoint
        self.endpointsURL = endpointsURL
        organization = root["organization"]?.string
        app = root["app"]?.string
        pruning = root["max_deletes"]?.integer
        manifestDigest = digest
        changes = (root["changes"]?.elements ?? []).compactMap { Difference($0) }
        waves = (root["waves"]?.elements ?? []).map { $0.elements.compactMap(\.string) }
        unreadable = (root["unreadable"]?.elements ?? []).compactMap(\.string)
        refused = (root["refused"]?.elements ?? []).compactMap(\.string)
    }
}

extension Difference {
    fileprivate var json: JSONValue {
        [
            "resource": .string(resource), "path": .string(path), "verb": .string(verb),
            "verdict": .string(verdict.rawValue), "reason": .string(reason), "before": .string(before),
            "after": .string(after), "expected_updated_at": .string(updatedAt), "expected_digest": .string(digest),
            "restarts": .bool(restarts), "irreversible": .string(irreversible),
        ]
    }

    fileprivate init?(_ node: ManifestNode) {
        guard let resource = node["resource"]?.string, let path = node["path"]?.string,
            let verdict = node["verdict"]?.string.flatMap({ Verdict(rawValue: $0) }),
            let reason = node["reason"]?.string, let restarts = node["restarts"]?.bool,
            let step = ["set": Step.write, "delete": .prune][node["verb"]?.string ?? ""]
        else { return nil }
        self.init(
            resource: resource, path: path, verdict: verdict, before: node["before"]?.string,
            after: node["after"]?.string, reason: reason, step: step, restarts: restarts,
            irreversible: node["irreversible"]?.string, updatedAt: node["expected_updated_at"]?.string,
            digest: node["expected_digest"]?.string)
    }
}
