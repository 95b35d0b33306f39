import HFMintCore
import Testing

@Suite("percent-encoding")
struct PercentEncodingTests {
    @Test(
        "leaves the unreserved characters, and encodes every other byte in capitals",
        arguments: [
            ("", ""), ("AZaz09-._~", "AZaz09-._~"), ("https://huggingface.co", "https%3A%2F%2Fhuggingface.co"),
            ("a b+c&d=e#f?g", "a%20b%2Bc%26d%3De%23f%3Fg"), ("é", "%C3%A9"), ("e\u{301}", "e%CC%81"), ("%", "%25"),
            ("\0\n\r", "%00%0A%0D"), ("🤗", "%F0%9F%A4%97"),
        ])
    func encodes(text: String, encoded: String) {
        #expect(percentEncoded(text) == encoded)
    }
}
