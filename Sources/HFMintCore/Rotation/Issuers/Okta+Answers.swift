extension Okta {
    /// What Okta says when it means later.
    ///
    /// <https://developer.okta.com/docs/reference/error-codes/>,
    /// <https://developer.okta.com/docs/reference/rate-limits/>
    static let answers: [KnownAnswer] = [
        // "API call exceeded rate limit due to too many requests", also for too many at once.
        .later(429, "E0000047"),
        // "Service is in read only mode", while Okta moves or upgrades a cell.
        .later(503, "E0000010"),
        // "Internal Server Error": it may have acted.
        .doubt(500, "E0000009"),
    ]
}
