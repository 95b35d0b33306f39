extension HTTPRequest {
    /// The Hub's front page without its content: shows whether the Hub is there, and what time it has.
    static func frontPage(of endpoint: Origin) -> HTTPRequest { HTTPRequest(.head, HTTPURL(endpoint, "/")) }
}
