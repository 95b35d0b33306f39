extension AWSSecretsManagerSink {
    /// Nearly everything is a 400, and its `__type` says what it means.
    ///
    /// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html> lists what to retry; the same
    /// list, for all services: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>.
    static let answers: [KnownAnswer] =
        [
            "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
            "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
            "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "SlowDown",
            "EC2ThrottledException",
        ].map { .later(400, $0) }
        + [
            .doubt(400, "RequestTimeout"), .doubt(400, "RequestTimeoutException"),
            .doubt(400, "PriorRequestNotComplete"), .doubt(400, "InternalServiceError"),
            .doubt(400, "InternalFailure"), .doubt(400, "ServiceUnavailable"),
            // Our token for this version is in use by a call that has not ended; a version is named by its content.
            // <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html#API_PutSecretValue_Errors>
            .doubt(400, "ResourceExistsException"),
            .doubt(500, "InternalServiceError"), .doubt(500, "InternalFailure"), .doubt(503, "ServiceUnavailable"),
            .later(503, "SlowDown"), .later(429, "ThrottlingException"),
        ]
}
