import HFMintCore
import Testing

@Suite("authority")
struct AuthorityTests {
    /// What the command line and the environment say.
    struct Case: Sendable {
        var endpoint: String?
        var audience: String?
        var environment: Environment = [:]
        /// Endpoint and audience, or the code of a refusal.
        let expected: Expected

        enum Expected: Sendable {
            case pair(String, String)
            case refused(MintError.Code)
        }
    }

    private static let hub = "https://huggingface.co"
    private static let mirror = "https://mirror.example"
    private static let local = "http://127.0.0.1:8080"

    static let allowed = [
        Case(expected: .pair(hub, hub)),
        Case(environment: ["HF_ENDPOINT": ""], expected: .pair(hub, hub)),
        Case(environment: ["HF_ENDPOINT": "https://huggingface.co/"], expected: .pair(hub, hub)),
        Case(environment: ["HF_ENDPOINT": "https://hf.co"], expected: .pair(hub, hub)),
        Case(endpoint: "https://hf.co:443/", expected: .pair(hub, hub)),
        Case(endpoint: "HTTPS://HuggingFace.co", expected: .pair(hub, hub)),
        // Another endpoint is its own audience: the token that goes there is good for nothing else.
        Case(endpoint: mirror, expected: .pair(mirror, mirror)),
        Case(environment: ["HF_ENDPOINT": "\(mirror)/"], expected: .pair(mirror, mirror)),
        Case(endpoint: hub, environment: ["HF_ENDPOINT": mirror], expected: .pair(hub, hub)),
        Case(environment: ["HFMINT_AUDIENCE": hub], expected: .pair(hub, hub)),
        Case(audience: hub, environment: ["HFMINT_AUDIENCE": mirror], expected: .pair(hub, hub)),
        // The Hub's own audience has one spelling.
        Case(audience: "\(hub):443", expected: .pair(hub, hub)),
        Case(audience: "\(hub)/", expected: .pair(hub, hub)),
        Case(audience: "HTTPS://HuggingFace.co", expected: .pair(hub, hub)),
        Case(environment: ["HFMINT_AUDIENCE": "\(hub)/\n"], expected: .pair(hub, hub)),
        Case(endpoint: mirror, audience: "\(hub)/", expected: .pair(mirror, hub)),
        Case(endpoint: mirror, audience: "\(mirror)/", expected: .pair(mirror, "\(mirror)/")),
        Case(
            environment: ["HF_ENDPOINT": mirror, "HFMINT_AUDIENCE": "\(mirror)/"], expected: .refused(.endpointRefused)),
        // Both on the command line: the user means it.
        Case(endpoint: mirror, audience: hub, expected: .pair(mirror, hub)),
        Case(endpoint: hub, audience: "api://other", expected: .pair(hub, "api://other")),
        Case(
            endpoint: mirror, audience: hub, environment: ["HF_ENDPOINT": local, "HFMINT_AUDIENCE": mirror],
            expected: .pair(mirror, hub)),
        // This machine
        Case(endpoint: local, expected: .pair(local, local)),
        Case(environment: ["HF_ENDPOINT": local, "HFMINT_AUDIENCE": hub], expected: .pair(local, hub)),
        Case(endpoint: "http://[::1]:1", audience: hub, expected: .pair("http://[::1]:1", hub)),
        Case(endpoint: "http://[0:0::1]:1", audience: hub, expected: .pair("http://[::1]:1", hub)),
        Case(endpoint: "http://localhost", audience: "x", expected: .pair("http://localhost", "x")),
    ]

    static let refused = [
        // Variables alone never suffice.
        Case(environment: ["HF_ENDPOINT": mirror, "HFMINT_AUDIENCE": hub], expected: .refused(.endpointRefused)),
        Case(environment: ["HFMINT_AUDIENCE": mirror], expected: .refused(.endpointRefused)),
        Case(endpoint: mirror, environment: ["HFMINT_AUDIENCE": hub], expected: .refused(.endpointRefused)),
        Case(audience: hub, environment: ["HF_ENDPOINT": mirror], expected: .refused(.endpointRefused)),
        Case(audience: mirror, expected: .refused(.endpointRefused)),
        Case(audience: "api://other", expected: .refused(.endpointRefused)),
        Case(audience: "", expected: .refused(.endpointRefused)),
        Case(audience: "https://huggingface.co/x", expected: .refused(.endpointRefused)),
        Case(audience: "huggingface.co", expected: .refused(.endpointRefused)),
        Case(audience: "https://huggingface.co.evil.example", expected: .refused(.endpointRefused)),
        Case(
            endpoint: "https://huggingface.co.evil.example", audience: nil, environment: ["HFMINT_AUDIENCE": hub],
            expected: .refused(.endpointRefused)),
        // hf.co is the Hub, and only its own origin.
        Case(
            environment: ["HF_ENDPOINT": "https://hf.co:8443", "HFMINT_AUDIENCE": hub],
            expected: .refused(.endpointRefused)),
        // Not an origin
        Case(endpoint: "", expected: .refused(.endpointRefused)),
        Case(endpoint: "huggingface.co", expected: .refused(.endpointRefused)),
        Case(endpoint: "https://huggingface.co/api", expected: .refused(.endpointRefused)),
        Case(endpoint: "https://huggingface.co//", expected: .refused(.endpointRefused)),
        Case(endpoint: "https://huggingface.co\u{600}/", expected: .refused(.endpointRefused)),
        Case(endpoint: "https://a@huggingface.co", expected: .refused(.endpointRefused)),
        Case(environment: ["HF_ENDPOINT": "https://huggingface.co "], expected: .refused(.endpointRefused)),
        // Plain http elsewhere, even when both are given
        Case(endpoint: "http://huggingface.co", audience: hub, expected: .refused(.endpointRefused)),
        Case(endpoint: "http://127.0.0.1.evil.example", audience: hub, expected: .refused(.endpointRefused)),
        Case(endpoint: "http://127.1:8080", audience: hub, expected: .refused(.endpointRefused)),
        Case(environment: ["HF_ENDPOINT": "http://hf.co"], expected: .refused(.endpointRefused)),
        // Audiences that could not be typed into a form
        Case(endpoint: mirror, audience: "", expected: .refused(.usage)),
        Case(endpoint: mirror, audience: "a b", expected: .refused(.usage)),
        Case(endpoint: mirror, audience: "a\nb", expected: .refused(.usage)),
        Case(endpoint: mirror, audience: "é", expected: .refused(.usage)),
        Case(endpoint: mirror, audience: String(repeating: "a", count: 1_001), expected: .refused(.usage)),
        Case(environment: ["HF_ENDPOINT": local, "HFMINT_AUDIENCE": "a b"], expected: .refused(.usage)),
    ]

    @Test(
        "sends an ID token to the origin that its audience names, or where the user says so",
        arguments: allowed + refused)
    func rule(given: Case) throws {
        func authority() throws -> Authority {
            try Authority(
                endpointOption: given.endpoint, audienceOption: given.audience, environment: given.environment)
        }
        switch given.expected {
        case .pair(let endpoint, let audience):
            let authority = try authority()
            #expect(authority.endpoint.description == endpoint)
            #expect(authority.audience == audience)
        case .refused(let code):
            let error = #expect(throws: MintError.self) { try authority() }
            #expect(error?.code == code)
            #expect(error?.code.exitStatus == .usage)
        }
    }

    @Test("names the variable or the option that is wrong")
    func names() {
        let option = #expect(throws: MintError.self) {
            try Authority(endpointOption: "x", audienceOption: nil, environment: [:])
        }
        let variable = #expect(throws: MintError.self) {
            try Authority(endpointOption: nil, audienceOption: nil, environment: ["HF_ENDPOINT": "x"])
        }
        #expect(option?.message == "--endpoint is not an origin: 'x'")
        #expect(variable?.message == "HF_ENDPOINT is not an origin: 'x'")
    }
}
