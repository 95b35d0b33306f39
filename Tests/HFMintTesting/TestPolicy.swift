package import HFMintCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

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

    package static func grant(
        _ role: String, _ claims: [(String, String)], name: String? = nil, extends: String? = nil
    ) -> String {
        let written = claims.map { "'\($0)': '\($1)'" }.joined(separator: ", ")
        let head = [name.map { "name: '\($0)', " }, extends.map { "extends: '\($0)', " }].compactMap(\.self).joined()
        return "{ \(head)role: '\(role)', identity: { issuer: '\(gitHub)', claims: { \(written) } } }"
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

    /// The bytes of a file beside the tests: `Tests/` is the folder that relative paths count from.
    package static func file(_ path: String) throws -> [UInt8] {
        let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        guard let file = unsafe fopen("\(tests)/\(path)", "rb") else { throw FileFailure(path, "it is not there") }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while case let count = unsafe fread(&part, 1, part.count, file), count > 0 { bytes += part[..<count] }
        return bytes
    }
}
