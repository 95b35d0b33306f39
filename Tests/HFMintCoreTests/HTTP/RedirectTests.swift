import Testing

@testable import HFMintCore

@Suite("redirects")
struct RedirectTests {
    @Test(
        "shows a place without a user, a query or a fragment, and no other bytes",
        arguments: [
            ("/a/b?x=1", "old.example/a/b"), ("https://new.example:8443/p;s=1", "new.example:8443/p"),
            ("http://new.example", "new.example/"), ("HTTPS://New.Example/P", "new.example/P"),
            ("https://user:s3cr3t@new.example/", nil), ("//new.example/p", nil), ("p", nil), ("", nil),
            ("https://new.example/\u{1b}[2J", nil), ("/\u{202e}", nil), ("javascript:alert(1)", nil),
            ("/" + String(repeating: "a", count: 300), nil),
            ("/t/hf_jwt_abcdefghijkl", "old.example/t/[redacted]"),
        ])
    func redirectPlaces(location: String, shown: String?) {
        let response = HTTPResponse(
            status: 301, headers: [HTTPHeader("location", location)], body: Secret(copying: []))
        #expect(response.redirectDestination(from: "old.example") == shown)
    }
}
