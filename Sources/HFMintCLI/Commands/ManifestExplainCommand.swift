internal import HFMintCore

extension Command {
    package static let manifestExplain = Command(
        name: "manifest explain",
        summary: "show who may become what, and what the Hub must be told",
        description: [
            "Lists every grant of a manifest and of its apps: which identity may take which role, what that opens, and"
                + " what it is inherited from. Then what is wider than it should be, what can never match, and each"
                + " Trusted Publisher that must exist on the Hub. It reads files alone, and asks no server.",
            "Of an app's manifest it shows what that app may have.",
        ],
        options: [.manifest, .endpoint, .audience] + Option.reporting,
        examples: [
            Example("all of it", "hfmint manifest explain --manifest hfmint.json5"),
            Example(
                "who may write to one repository",
                "hfmint manifest explain --manifest hfmint.json5 --json |"
                    + " jq '.access[] | select(.opens == \"acme/model\" and .access == \"write\")'"),
        ],
        run: explanation)

    private static func explanation(_ call: Call) throws(MintError) -> Report {
        let path = try call.manifestPath()
        let endpoint = try call.arguments.authority(in: call.context.environment).endpoint
        let manifest = try Manifest(at: path, in: call.context.machine)
        let explanation = AccessExplanation(
            graph: try manifest.accessGraph(in: call.context.machine).listable(), organization: manifest.organization,
            endpoint: endpoint)
        // Only one is made, as either may be large.
        let isJSON = call.arguments.has(.json)
        return Report(lines: isJSON ? [] : explanation.lines, json: isJSON ? explanation.json : .null)
    }
}

/// An access graph, as text and as JSON.
private struct AccessExplanation {
    let graph: AccessGraph
    let organization: String?
    let endpoint: Origin

    /// The text, escaped: names, claims and paths may hold anything.
    var lines: [String] {
        let blocks = graph.policies.map(grantLines) + graph.concerns.blocks() + [publisherLines]
        return blocks.filter { !$0.isEmpty }.joined(separator: [""]).map(\.printable)
    }

    private func grantLines(_ policy: Policy) -> [String] {
        let isApp = !policy.manifest.utf8.elementsEqual((graph.policies.first?.manifest ?? "").utf8)
        let head = isApp ? "the app \(policy.manifest)" : policy.manifest
        guard !policy.grants.isEmpty else { return ["\(head): no grants"] }
        var table = TextTable(["grant", "identity", "role", "opens"])
        for grant in policy.grants {
            guard let role = policy.role(grant.role) else { continue }
            table.append([
                [grant.place.path]
                    + [grant.name.map { "(\($0))" }, grant.extends.map { "from \($0)" }].compactMap(\.self),
                grant.identity.map(\.inWords),
                ["\(role.name) (\(role.access.rawValue))"] + (role.extends.map { ["from \($0)"] } ?? []),
                role.opened.map(\.text),
            ])
        }
        return ["\(head):"] + table.lines
    }

    private var publisherLines: [String] {
        let publishers = graph.neededPublishers
        guard !publishers.isEmpty else { return [] }
        return ["Trusted Publishers that must exist on the Hub:"]
            + publishers.flatMap { publisher in
                let page = publisher.page(on: endpoint) ?? "the settings of each repository that it means"
                let form = [("preset", publisher.form.preset), ("issuer", publisher.form.issuer)]
                let rows = form + publisher.form.rows.map { ($0.claim, $0.value) } + [("access", publisher.setting)]
                return ["  \(publisher.opens.text): \(page)"] + columns(rows, indent: 4)
                    + ["    for \(publisher.grants.joined(separator: ", "))"]
            }
    }

    var json: JSONValue {
        [
            "manifest": .string(graph.policies.first?.manifest),
            "organization": .string(organization),
            "manifests": .array(graph.policies.map(\.json)),
            "access": .array(graph.entitlements.map { $0.json(in: graph) }),
            "concerns": .array(graph.concerns.map(\.json)),
            "publishers": .array(graph.neededPublishers.map { $0.json(on: endpoint) }),
        ]
    }
}

extension Policy {
    fileprivate var json: JSONValue {
        [
            "path": .string(manifest),
            "roles": .array(
                roles.map { role in
                    [
                        "name": .string(role.name), "access": .string(role.access.rawValue),
                        "opens": .array(role.opened.map { .string($0.text) }), "extends": .string(role.extends),
                        "line": .integer(role.place.line),
                    ]
                }),
        ]
    }
}

extension AccessGraph.Entitlement {
    fileprivate func json(in graph: AccessGraph) -> JSONValue {
        [
            "manifest": .string(graph.policies[policy].manifest),
            "grant": .string(grant.place.path),
            "name": .string(grant.name),
            "line": .integer(grant.place.line),
            "issuer": .string(String(decoding: grant.issuer, as: UTF8.self)),
            "claims": .claims(grant.claims),
            "role": .string(role.name),
            "access": .string(role.access.rawValue),
            "opens": .string(opens.text),
            "inherited_from": grant.extends == nil
                ? .null : ["grant": .string(grant.extends), "role": .string(role.extends)],
        ]
    }
}

extension NeededPublisher {
    fileprivate func json(on endpoint: Origin) -> JSONValue {
        [
            "opens": .string(opens.text), "page": .string(page(on: endpoint)), "access": .string(access.rawValue),
            "preset": .string(form.preset), "issuer": .string(form.issuer),
            "claims": .array(form.rows.map { ["claim": .string($0.claim), "value": .string($0.value)] }),
            "grants": .strings(grants),
        ]
    }
}

extension Grant.Claim {
    /// The claim as `name=value`, but the issuer by its value alone.
    var inWords: String { name.equals("iss") ? String(decoding: value, as: UTF8.self) : text }
}

extension JSONValue {
    /// Returns the claims as an object, in which no name stands twice: the reader of manifests refuses that.
    static func claims(_ claims: [Grant.Claim]) -> JSONValue {
        .object(
            claims.map {
                Member(String(decoding: $0.name, as: UTF8.self), .string(String(decoding: $0.value, as: UTF8.self)))
            })
    }
}
