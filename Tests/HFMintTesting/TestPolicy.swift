package import HFMintCore

/// Manifests for tests of roles and grants.
package enum TestPolicy {
    package static let gitHub = "https://token.actions.githubusercontent.com"

    /// The manifest at `/m/hfmint.json5`, with whatever lies beside it.
    package static func manifest(
        _ text: String, beside files: [String: String] = [:], named path: String = "/m/hfmint.json5"
    ) throws -> Manifest {
        let all = files.merging(["/m/hfmint.json5": text]) { given, _ in given }
        return try Manifest(at: path, in: FakeMachine(files: MemoryFiles(all)).context.machine)
    }

    package static func policy(
        _ text: String, beside files: [String: String] = [:], named path: String = "/m/hfmint.json5"
    ) throws -> Policy {
        try manifest(text, beside: files, named: path).policy()
    }

    package static func graph(_ text: String, beside files: [String: String] = [:]) throws -> AccessGraph {
        let all = files.merging(["/m/hfmint.json5": text]) { given, _ in given }
        let machine = FakeMachine(files: MemoryFiles(all))
        return try Manifest(at: "/m/hfmint.json5", in: machine.context.machine).accessGraph(in: machine.context.machine)
    }

    /// The fleet of the manifest at `/m/hfmint.json5` and its apps.
    package static func fleet(
        _ text: String, beside files: [String: String] = [:], named path: String = "/m/hfmint.json5"
    ) throws -> FleetDefinition? {
        let all = files.merging(["/m/hfmint.json5": text]) { given, _ in given }
        let machine = FakeMachine(files: MemoryFiles(all)).context.machine
        return try Manifest(at: path, in: machine).fleet(in: machine)
    }

    package static func grant(
        _ role: String, _ claims: [(String, String)], name: String? = nil, extends: String? = nil,
        issuer: String = TestPolicy.gitHub
    ) -> String {
        let written = claims.map { "'\($0)': '\($1)'" }.joined(separator: ", ")
        let head = [name.map { "name: '\($0)', " }, extends.map { "extends: '\($0)', " }].compactMap(\.self).joined()
        return "{ \(head)role: '\(role)', identity: { issuer: '\(issuer)', claims: { \(written) } } }"
    }

    package static func root(roles: String, grants: [String], apps: [String] = []) -> String {
        let listed = apps.map { "'\($0)'" }.joined(separator: ", ")
        return "{ version: 1, roles: { \(roles) }, grants: [\(grants.joined(separator: ",\n"))], apps: [\(listed)] }"
    }

    package static func app(roles: String, grants: [String], extends: String = "../hfmint.json5") -> String {
        "{ version: 1, extends: '\(extends)', roles: { \(roles) }, grants: [\(grants.joined(separator: ",\n"))] }"
    }

    package static func resource(_ text: String?) throws -> Resource? {
        try text.map { try Resource(parsing: $0, endpoint: .huggingFace) }
    }
}
