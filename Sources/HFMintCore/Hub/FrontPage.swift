extension HTTPRequest {
    /// Returns a request for the Hub's front page, without its content: it shows whether the Hub answers, and its time.
    static func frontPage(of endpoint: Origin) -> HTTPRequest { HTTPRequest(.head, HTTPURL(endpoint, "/")) }
}
