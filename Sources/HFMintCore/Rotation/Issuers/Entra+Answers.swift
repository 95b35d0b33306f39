extension Entra {
    /// What Graph says when it means later.
    ///
    /// <https://learn.microsoft.com/en-us/graph/errors>, <https://learn.microsoft.com/en-us/graph/throttling>
    static let answers: [KnownAnswer] = [
        // "Error due to concurrent requests being made to the tenant. Please wait briefly and retry."
        // <https://github.com/nais/azurerator/issues/448>
        .doubt(409, "Directory_ConcurrencyViolation"),
        // The same as a 503, at addPassword: <https://github.com/Azure/azure-cli/issues/23081>.
        .doubt(503, "Directory_ConcurrencyViolation"),
        // <https://learn.microsoft.com/en-us/graph/throttling#sample-response>
        .later(429, "TooManyRequests"), .later(429, "activityLimitReached"),
        // The same, by the directory behind Graph:
        // <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-error-codes-and-error-handling>
        .later(429, "Request_ThrottledTemporarily"), .doubt(403, "Request_ThrottledTemporarily"),
        .doubt(400, "Directory_ReplicaUnavailable"), .doubt(404, "Directory_ReplicaUnavailable"),
        .doubt(409, "Directory_ReplicaUnavailable"), .doubt(503, "Directory_ReplicaUnavailable"),
        // "The resource that is being accessed is locked": <https://learn.microsoft.com/en-us/graph/errors>.
        .doubt(423),
        // A condition that somebody else's write has broken; none of ours has any.
        .doubt(412),
        .doubt(500), .doubt(503), .doubt(504), .doubt(509),
        // Two objects of one key: that is no concurrency, and stays.
        .refused(409, "Request_MultipleObjectsWithSameKeyValue"),
    ]
}
