extension Okta {
    /// The answers by which Okta says that a call may work later.
    ///
    /// <https://developer.okta.com/docs/reference/error-codes/>,
    /// <https://developer.okta.com/docs/reference/rate-limits/>
    static let answers: [KnownAnswer] = [
        // "API call exceeded rate limit due to too many requests", also said of too many at once.
        .later(429, "E0000047"),
        // "Service is in read only mode", while Okta moves or upgrades a cell.
        .later(503, "E0000010"),
        // "Internal Server Error": Okta may have acted.
        .doubt(500, "E0000009"),
    ]
}
