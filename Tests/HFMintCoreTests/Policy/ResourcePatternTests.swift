import HFMintCore
import Testing

@Suite("patterns of resources")
struct ResourcePatternTests {
    @Test(
        "are a resource, or a star in place of its name",
        arguments: ["acme/model", "acme/*", "datasets/acme/*", "spaces/acme/demo", "buckets/acme/*", "acme-bot"])
    func accepted(text: String) {
        #expect(ResourcePattern(parsing: text)?.text == text)
    }

    @Test(
        "are nothing else",
        arguments: [
            "*", "*/model", "acme/mod*", "acme/**", "acme/*/x", "datasets/*", "*/*",
            "https://huggingface.co/acme/model",
            "acme/", "/acme", "acme//model", "datasets/acme", "", "acme/mo del", "acme/../x", "acmé/model", "acme/*/",
            "datasets//*", "http://x/*",
        ])
    func refused(text: String) {
        #expect(ResourcePattern(parsing: text) == nil)
    }
}
