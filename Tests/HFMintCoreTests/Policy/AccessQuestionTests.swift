import HFMintCore
import HFMintTesting
import Testing

@Suite("access in the question")
struct AccessQuestionTests {
    private static let claims: [String: ClaimValue] = [
        "iss": .string(TestPolicy.gitHub), "repository": "acme/training",
    ]
    private static let roles =
        "reader: { access: 'read', resources: ['acme/*'] }, writer: { access: 'write', resources: ['acme/model'] }"

    /// The role that is taken for `access`, or in one word why none is.
    private func answer(
        _ access: Access?, to resource: String = "acme/model", roles: String = Self.roles, granting granted: [String],
        role: String? = nil
    ) throws -> String {
        let grants = granted.map { TestPolicy.grant($0, [("repository", "acme/training")]) }
        let others = [TestPolicy.grant("writer", [("repository", "acme/elsewhere")])]
        let policy = try TestPolicy.policy(TestPolicy.root(roles: roles, grants: grants + others))
        let decision = try policy.decide(
            role: role, resource: try TestPolicy.resource(resource), access: access,
            claims: try testClaims(Self.claims))
        switch decision {
        case .allowed(let allowed): return allowed.role.name
        case .ambiguous(let roles): return roles.joined(separator: " or ")
        case .denied(let denied):
            switch denied.reason {
            case .notCovered: return "not covered"
            case .accessTooLow(let access): return "not for \(access.rawValue)"
            case .notGranted: return "not granted"
            case .otherClaims: return "nearest is \(denied.nearest?.role ?? "none")"
            }
        }
    }

    @Test("takes the least role that allows as much, where a reading and a writing one fit")
    func least() throws {
        let both = ["reader", "writer"]
        #expect(try answer(nil, granting: both) == "reader or writer")
        #expect(try answer(.read, granting: both) == "reader")
        #expect(try answer(.write, granting: both) == "writer")
    }

    @Test("lets a writing role read, and no reading role write")
    func enough() throws {
        #expect(try answer(.read, granting: ["writer"]) == "writer")
        #expect(try answer(.write, granting: ["reader"]) == "nearest is writer")
        #expect(try answer(.write, to: "acme/other", granting: ["reader", "writer"]) == "not for write")
        #expect(try answer(.write, granting: ["reader", "writer"], role: "reader") == "not for write")
        #expect(try answer(.read, to: "other/model", granting: ["reader"]) == "not covered")
    }

    @Test("says which roles fit where several allow the same")
    func alike() throws {
        let more = Self.roles + ", second: { access: 'read', resources: ['acme/model'] }"
        #expect(try answer(.read, roles: more, granting: ["reader", "writer", "second"]) == "reader or second")
        #expect(try answer(.write, roles: more, granting: ["reader", "writer", "second"]) == "writer")
    }

    @Test("says to whom it is refused that no role is meant for it")
    func told() throws {
        let policy = try TestPolicy.policy(TestPolicy.root(roles: Self.roles, grants: []))
        let error = #expect(throws: MintError.self) {
            try Gate(policy, role: nil).admit(
                try testClaims(Self.claims), to: try TestPolicy.resource("acme/other"), for: .write)
        }
        #expect(error?.code == .policyDenied)
        #expect(error?.details == ["no role that covers it is meant to write"])
    }
}
