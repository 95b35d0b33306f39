import HFMintCore
import Testing

@Suite("endpoint of a client")
struct ClientEndpointTests {
    @Test(
        "is the Hub, this machine, or what the command line names",
        arguments: [
            (nil, nil, true), (nil, "https://huggingface.co", true), (nil, "https://hf.co", true),
            (nil, "http://127.0.0.1:8080", true), (nil, "https://mirror.example", false),
            (nil, "https://huggingface.co.evil.example", false), (nil, "https://huggingface.co:444", false),
            ("https://mirror.example", nil, true), ("https://mirror.example", "https://other.example", true),
        ] as [(String?, String?, Bool)])
    func endpoint(option: String?, variable: String?, isGood: Bool) {
        let environment: Environment = variable.map { [.hfEndpoint: $0] } ?? [:]
        let authority = try? Authority.forClient(endpointOption: option, environment: environment)
        #expect((authority != nil) == isGood)
    }
}
