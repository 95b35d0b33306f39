internal import HFMintCore

extension Command {
    package static let manifestCheck = Command(
        name: "manifest check",
        summary: "check a manifest, and name every mistake in it",
        description: [
            "Reads the manifest as every other command would, with the manifests of its apps, and asks no server. What is"
                + " wider than it seems, or can never match, is told too, and is no mistake: exit status 0.",
            "With --against it also lists who gained and who lost what since another version, a line each: exit status"
                + " 6 if anybody gained anything, so that a person looks at it, and 0 if not. The other version lies in"
                + " a folder of its own, with its apps.",
        ],
        options: [.manifest, .against] + Option.reporting,
        examples: [
            Example("in a pull request", "hfmint manifest check --manifest hfmint.json5"),
            Example(
                "who gains what by it",
                "git worktree add /tmp/base origin/main &&"
                    + " hfmint manifest check --manifest hfmint.json5 --against /tmp/base/hfmint.json5"),
        ],
        run: check)

    private static func check(_ call: Call) throws(MintError) -> Report {
        let path = try call.manifestPath()
        let manifest = try Manifest(at: path, in: call.context.machine)
        let graph = try manifest.accessGraph(in: call.context.machine)
        let rotations = manifest.isApp ? [] : try manifest.rotations(in: call.context)
        _ = try manifest.fleet(in: call.context.machine)
        let counts = graph.counts + [("rotation", rotations.count)]
        let concerns = graph.concerns
        let summary = "'\(path)' is fine: \(counts.map { counted($1, $0) }.joined(separator: ", "))"
        var lines = [summary] + concerns.blocks(limit: 20).joined()
        var failures: [MintError] = []
        var members: [JSONValue.Member] = [
            .init("manifest", .string(path)), .init("rotations", .array(rotations.map { .string($0.name) })),
        ]
        members += graph.counts.map { .init("\($0)s", .integer($1)) }
        members.append(.init("concerns", .array(concerns.map(\.json))))
        if let old = call.arguments.value(.against) {
            let before = try Manifest(at: old, in: call.context.machine).accessGraph(in: call.context.machine)
            let change = AccessChange(from: try before.listable(), to: try graph.listable())
            lines += change.lines
            members += change.members
            failures = change.failures(path)
        }
        return Report(lines: lines.map(\.printable), json: .object(members), failures: failures)
    }
}

extension Option {
    fileprivate static let against = Option(
        "against", "OLD", help: "list who gained and who lost what since this other version")
}

extension AccessGraph {
    fileprivate var counts: [(noun: String, count: Int)] {
        [
            ("role", policies.map(\.roles.count).reduce(0, +)), ("grant", policies.map(\.grants.count).reduce(0, +)),
            ("app", policies.count - 1),
        ]
    }
}

extension AccessChange {
    fileprivate var lines: [String] {
        if gained.isEmpty && lost.isEmpty { return ["nobody gained or lost anything"] }
        return gained.map { "+ \($0.sentence)" } + lost.map { "- \($0.sentence)" }
    }

    fileprivate var members: [JSONValue.Member] {
        [.init("gained", .array(gained.map(\.json))), .init("lost", .array(lost.map(\.json)))]
    }

    fileprivate func failures(_ path: String) -> [MintError] {
        guard !gained.isEmpty else { return [] }
        return [
            MintError(
                .accessGained, "'\(path)' gives what was not given before: \(counted(gained.count, "line"))",
                hint: "let somebody review each line that begins with '+'")
        ]
    }
}

extension AccessChange.Line {
    /// `write acme/model in the role publisher: https://… repository=acme/training [grants[0]]`.
    fileprivate var sentence: String {
        let who = identity.map(\.inWords).joined(separator: " ")
        let source = app.map { "\(grant) of \($0)" } ?? grant
        return "\(access.rawValue) \(opens) in the role \(role): \(who) [\(source)]"
    }

    fileprivate var json: JSONValue {
        [
            "access": .string(access.rawValue), "opens": .string(opens), "role": .string(role),
            "issuer": .string(identity.first.map { String(decoding: $0.value, as: UTF8.self) }),
            "claims": .claims(Array(identity.dropFirst())), "grant": .string(grant), "app": .string(app),
        ]
    }
}
