import HFMintCore
import HFMintTesting
import Testing

@Suite("doctor's look at the manifest")
struct ManifestPolicyCheckTests {
    private static let one = "publisher: { access: 'write', resources: ['acme/model', 'datasets/acme/data'] }"
    private static let other = "reader: { access: 'read', resources: ['acme/other', 'acme/*'] }"

    private func resources(_ roles: String, role: String? = nil, _ environment: Environment = [:]) throws -> [String] {
        let grants = [
            TestPolicy.grant("publisher", [("repository", "acme/training")]),
            TestPolicy.grant("publisher", [("repository", "acme/elsewhere")]),
        ]
        let policy = try TestPolicy.policy(TestPolicy.root(roles: roles, grants: grants))
        var examination = try TestExamination.make(environment: environment)
        let gate = Gate(policy, role: role)
        examination.question.gate = .success(gate)
        let requests = try TokenRequest.unnamed(gate, in: environment, endpoint: .huggingFace)
        let findings = Check.findings("manifest", examination)
        // Whatever an exchange would ask for is what was judged, one by one.
        for request in requests {
            let resource = try #require(request.resource)
            #expect(findings.contains { $0.message.contains(resource.canonical) }, "\(resource.canonical)")
        }
        #expect(findings.count == max(1, requests.count))
        return requests.compactMap { $0.resource?.canonical }
    }

    @Test("judges what an exchange would ask for: of the role, of the only role, of a variable")
    func unnamed() throws {
        let both = "\(Self.one), \(Self.other)"
        #expect(try resources(both, role: "publisher") == ["acme/model", "datasets/acme/data"])
        #expect(try resources(both, role: "reader") == ["acme/other"])
        #expect(try resources(Self.one) == ["acme/model", "datasets/acme/data"])
        #expect(try resources(both) == [])
        #expect(try resources(both, ["HFMINT_RESOURCE": "acme/other"]) == ["acme/other"])
        #expect(try resources(Self.one, ["HF_OIDC_RESOURCE": "acme/model"]) == ["acme/model"])
        #expect(try resources(both, role: "publisher", ["HFMINT_RESOURCE": "acme/x"]).first == "acme/model")
    }

    @Test("says what is wrong with a variable that names no resource")
    func unreadable() throws {
        var examination = try TestExamination.make(environment: ["HFMINT_RESOURCE": "a/b/c"])
        let grant = TestPolicy.grant("publisher", [("repository", "acme/training")])
        let policy = try TestPolicy.policy(TestPolicy.root(roles: Self.one, grants: [grant]))
        examination.question.gate = .success(Gate(policy, role: nil))
        let finding = try Check.finding("manifest", examination)
        #expect(finding.status == .fail && finding.message.hasPrefix("HFMINT_RESOURCE: "))
    }
}
