extension AWSSecretsManagerSink {
    /// Nearly everything is a 400, and its `__type` says what it means.
    ///
    /// What to try again, for all services, is a list of the vendor's SDK:
    /// <https://github.com/boto/botocore/blob/develop/botocore/retries/standard.py>. How this service throttles:
    /// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html#quotas_throttling>. What all
    /// may answer, some with two statuses:
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
            // The idempotency key of this version is in use by a call that has not ended; our keys name the content.
            // <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html#API_PutSecretValue_Errors>
            .doubt(400, "ResourceExistsException"),
            .doubt(500, "InternalServiceError"), .doubt(500, "InternalFailure"), .doubt(503, "ServiceUnavailable"),
            .later(503, "SlowDown"), .later(429, "ThrottlingException"),
        ]
}
