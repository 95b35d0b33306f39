extension HubSpaceSink {
    /// The answers by which the Hub says that a call may work later.
    ///
    /// Its own client tries these again: <https://huggingface.co/docs/huggingface_hub/package_reference/utilities>
    /// (`http_backoff`). Its limits: <https://huggingface.co/docs/hub/rate-limits>.
    static let answers: [KnownAnswer] = [
        .later(429), .doubt(500), .doubt(502), .doubt(503), .doubt(504),
        // Another change of the same repository came first: <https://huggingface.co/docs/hub/api>.
        .doubt(409), .doubt(412),
    ]
}
