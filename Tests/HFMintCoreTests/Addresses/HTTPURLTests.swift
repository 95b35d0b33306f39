import HFMintCore
import Testing

@Suite("http url")
struct HTTPURLTests {
    @Test(
        "keeps path and query exactly as given",
        arguments: [
            ("https://a.example", "https://a.example/"),
            ("https://a.example?x=1", "https://a.example/?x=1"),
            ("HTTPS://A.Example:443/P?Q=R", "https://a.example/P?Q=R"),
            (
                "https://pipelines.actions.githubusercontent.com/222//idtoken/1/2?api-version=2.0",
                "https://pipelines.actions.githubusercontent.com/222//idtoken/1/2?api-version=2.0"
            ),
            ("https://a.example/a/./b/../c//d", "https://a.example/a/./b/../c//d"),
            ("https://a.example/%2e%2E/%41?b=%20&c=a:b/c", "https://a.example/%2e%2E/%41?b=%20&c=a:b/c"),
            ("http://127.0.0.1:8080//x?", "http://127.0.0.1:8080//x?"),
            ("https://a.example/x@y:z", "https://a.example/x@y:z"),
        ])
    func keeps(text: String, description: String) throws {
        let url = try #require(HTTPURL(text))
        #expect(url.description == description)
        #expect(HTTPURL(url.description) == url)
    }

    @Test(
        "refuses what another parser could read otherwise",
        arguments: [
            "", "a", "/x", "https:", "https:/", "https://", "https:///x", "https://?x", "file:///etc/passwd",
            "https://user@a.example/", "https://user:pw@a.example/", "https://a.example\\@b.example/",
            "https://a.example/#x", "https://a.example/a b", "https://a.example/a\nb", "https://a.example/\u{E9}",
            "https://a.example/\"", "https://a.example/<", "https://a.example/{x}", "https://a.example/`",
            "https://a.example/x\\y", "https://a.example/x^y", "https://a.example/x|y", "https://a.example:99999/",
            "https://a.example:/", "https://a%2eexample/", "https://a.example./", "javascript://a.example/%0a",
            " https://a.example/", "https://a.example/\0", "https://a.example/\t",
        ])
    func refuses(text: String) {
        #expect(HTTPURL(text) == nil)
    }

    @Test("is bounded")
    func bounded() {
        let longest = "https://a.example/" + String(repeating: "a", count: 8_192 - 18)
        #expect(HTTPURL(longest) != nil)
        #expect(HTTPURL(longest + "a") == nil)
    }

    @Test(
        "appends to a query, and begins one where there is none",
        arguments: [
            ("https://a.example/x", "https://a.example/x?audience=https%3A%2F%2Fhuggingface.co"),
            ("https://a.example/x?y=1", "https://a.example/x?y=1&audience=https%3A%2F%2Fhuggingface.co"),
            ("https://a.example//x?", "https://a.example//x?&audience=https%3A%2F%2Fhuggingface.co"),
        ])
    func appends(text: String, description: String) throws {
        let url = try #require(HTTPURL(text)).appendingQuery("audience", "https://huggingface.co")
        #expect(url.description == description)
    }

    @Test(
        "takes secrets over https, and over http on this machine alone",
        arguments: [
            ("https://a.example/", true), ("http://localhost/", true), ("http://127.0.0.1:1/", true),
            ("http://[::1]/", true),
            ("http://a.example/", false), ("http://127.0.0.1.a.example/", false), ("http://127.1/", false),
            ("http://127.0.0.08/", false), ("http://metadata.google.internal/", false),
        ])
    func confidential(text: String, isConfidential: Bool) {
        #expect(HTTPURL(text)?.isConfidential == isConfidential)
    }
}
