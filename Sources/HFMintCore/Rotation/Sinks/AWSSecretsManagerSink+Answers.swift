extension AWSSecretsManagerSink {
    /// The answers by which AWS says that a call may work later.
    ///
    /// Nearly all have status 400, and their `__type` tells them apart. The SDK's list for all services:
    /// <https://github.com/boto/botocore/blob/develop/botocore/retries/standard.py>. This service's throttling:
    /// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html#quotas_throttling>. The errors
    /// of all services, some with two statuses:
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html>.
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
            // <https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/common-errors.html>
            .doubt(400, "RequestAbortedException"),
            // A call that has not ended uses the version's idempotency key. Our keys depend on the content.
            // <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html#API_PutSecretValue_Errors>
            .doubt(400, "ResourceExistsException"),
            .doubt(500, "InternalServiceError"), .doubt(500, "InternalFailure"), .doubt(503, "ServiceUnavailable"),
            .later(503, "SlowDown"), .later(429, "ThrottlingException"),
        ]
}
