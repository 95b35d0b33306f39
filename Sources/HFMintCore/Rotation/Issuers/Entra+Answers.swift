extension Entra {
    /// The answers by which Graph says that a call may work later.
    ///
    /// <https://learn.microsoft.com/en-us/graph/errors>, <https://learn.microsoft.com/en-us/graph/throttling>
    static let answers: [KnownAnswer] = [
        // "Error due to concurrent requests being made to the tenant. Please wait briefly and retry."
        // <https://github.com/nais/azurerator/issues/448>
        .doubt(409, "Directory_ConcurrencyViolation"),
        // The same with 503, from addPassword: <https://github.com/Azure/azure-cli/issues/23081>.
        .doubt(503, "Directory_ConcurrencyViolation"),
        // <https://learn.microsoft.com/en-us/graph/throttling#sample-response>
        .later(429, "TooManyRequests"), .later(429, "activityLimitReached"),
        // The same from the directory behind Graph:
        // <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-error-codes-and-error-handling>
        .later(429, "Request_ThrottledTemporarily"), .doubt(403, "Request_ThrottledTemporarily"),
        .doubt(400, "Directory_ReplicaUnavailable"), .doubt(404, "Directory_ReplicaUnavailable"),
        .doubt(409, "Directory_ReplicaUnavailable"), .doubt(503, "Directory_ReplicaUnavailable"),
        // "The resource that is being accessed is locked": <https://learn.microsoft.com/en-us/graph/errors>.
        .doubt(423),
        // Somebody else's write has broken a condition. No call of ours has one.
        .doubt(412),
        .doubt(500), .doubt(503), .doubt(504), .doubt(509),
        // Two objects have one key, which does not pass.
        .refused(409, "Request_MultipleObjectsWithSameKeyValue"),
    ]
}
