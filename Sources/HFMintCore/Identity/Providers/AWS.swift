extension Provider {
    /// AWS: `GetWebIdentityToken` gives an IAM principal an ID token.
    ///
    /// hfmint signs the request with keys from the environment; the `aws` program finds all other keys. AWS is asked
    /// last, and only if a variable says that AWS runs the job: keys alone may be those of a person, who gives
    /// `--provider aws`. The call has only regional endpoints, and answers in XML, or in JSON on request.
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html>
    package static let aws = Provider(
        name: "aws", title: "AWS", recognisedBy: "AWS_EXECUTION_ENV or the credentials of a container",
        isHere: { job in AWS.announced.contains { job.environment.isSet($0) } },
        isPlatform: true,
        acquisition: { job, audience throws(MintError) in try AWS.acquisition(for: job, audience: audience) },
        jobVariables: ["CODEBUILD_BUILD_ID", "AWS_LAMBDA_LOG_STREAM_NAME", "ECS_CONTAINER_METADATA_URI_V4"],
        credentialPrefixes: ["AWS_"],
        apiSecret: APISecret(prefixes: ["AKIA", "ASIA"], noun: "an access key of AWS"),
        publisher: PublisherForm.pinning([
            "sub": "the ARN of the role or user; AWS's other claims are nested, which no row can match"
        ]))
}

extension Environment.Key {
    package static let awsAccessKeyID: Self = "AWS_ACCESS_KEY_ID"
    package static let awsSecretAccessKey: Self = "AWS_SECRET_ACCESS_KEY"
    package static let awsSessionToken: Self = "AWS_SESSION_TOKEN"
}

private enum AWS {
    static let announced: [Environment.Key] = [
        "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI", "CODEBUILD_BUILD_ID",
    ]

    private static let hint =
        "the account must turn on outbound identity federation once (`aws iam enable-outbound-web-identity-federation`),"
        + " and the principal needs sts:GetWebIdentityToken"

    static func acquisition(for job: Provider.Job, audience: String) throws(MintError) -> Acquisition {
        let environment = job.environment
        guard environment.isSet(.awsAccessKeyID), environment.isSet(.awsSecretAccessKey) else {
            return .program(program(audience: audience))
        }
        let keys: [Environment.Key] = ["AWS_REGION", "AWS_DEFAULT_REGION"]
        guard let key = keys.first(where: { environment.isSet($0) }), let value = environment[key] else {
            throw MintError(
                .identityDenied,
                "aws: no region is set (AWS_REGION), and GetWebIdentityToken has only regional endpoints",
                hint: "set AWS_REGION, for instance to us-east-1")
        }
        let region = value.withoutBlanksAround
        guard region.utf8.allSatisfy({ $0.isASCIILetterOrDigit || $0 == ASCII.minus }) else {
            throw MintError(
                .identityDenied, "aws: \(key.name) is no region: '\(value)'",
                hint: "write it as AWS does, for instance us-east-1")
        }
        return .http(
            HTTPAcquisition(
                provider: "aws", request: HTTPRequest(.post, try endpoint(job, region)),
                body: .form([
                    ("Action", "GetWebIdentityToken"), ("Version", "2011-06-15"), ("Audience.member.1", audience),
                    ("SigningAlgorithm", "RS256"), ("DurationSeconds", "300"),
                ]),
                proof: .awsSignature(region: region, service: "sts"),
                tokenPlace: .memberOrElement("WebIdentityToken"),
                refusalHint: hint))
    }

    /// Returns the endpoint of the region, or the one in a variable that AWS's own tools read.
    ///
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
    private static func endpoint(_ job: Provider.Job, _ region: String) throws(MintError) -> HTTPURL {
        for key: Environment.Key in ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"] {
            if let text = job.environment[key] { return try job.confidentialURL("aws", key, text) }
        }
        let domain = region.hasStart("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        return try job.confidentialURL("aws", "AWS_REGION", "https://sts.\(region).\(domain)/")
    }

    private static func program(audience: String) -> ProgramAcquisition {
        ProgramAcquisition(
            provider: "aws", name: "aws sts get-web-identity-token",
            options: [
                "--audience", audience, "--signing-algorithm", "RS256", "--duration-seconds", "300", "--query",
                "WebIdentityToken", "--output", "text",
            ],
            // https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
            identityVariables: [
                .awsAccessKeyID, "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
                "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            ],
            missingHint: "install the AWS CLI, or set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION",
            failureHint: hint + "; the AWS CLI must be recent enough to know the command")
    }
}
