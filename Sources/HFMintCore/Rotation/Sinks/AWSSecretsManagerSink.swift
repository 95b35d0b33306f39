extension AWSSecretsManagerSink {
    static let kind = Kind<any Sink>(
        "aws-secrets-manager", help: "a secret in AWS Secrets Manager, or one member of its JSON",
        schema: ObjectShape(
            [
                .optional("url", .string(.url), "the endpoint (https://secretsmanager.REGION.amazonaws.com)"),
                .required("region", .string(.name(of: "region", and: "-", most: 32)), "such as eu-central-1"),
                .required("secret", .string(.name(of: "secret", and: "/_+=.@-:", most: 2_048)), "its name or ARN"),
                .optional("key", .string(.any), "the member of the secret's JSON object; the others stay"),
                .optional("accessKeyId", .secretReference, "(env:AWS_ACCESS_KEY_ID)"),
                .optional("secretAccessKey", .secretReference, "(env:AWS_SECRET_ACCESS_KEY)"),
                .optional("sessionToken", .secretReference, "(env:AWS_SESSION_TOKEN, where that is set)"),
            ],
            rule: { node in
                node.has("accessKeyId") == node.has("secretAccessKey")
                    && (node.has("accessKeyId") || !node.has("sessionToken"))
                    ? nil : "needs both 'accessKeyId' and 'secretAccessKey', or neither"
            }),
        build: AWSSecretsManagerSink.init)

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
        ]
}

/// A secret in AWS Secrets Manager.
///
/// A write puts a new version under AWSPENDING, and moves AWSCURRENT to it from the version that was read before.
///
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/>
struct AWSSecretsManagerSink: Sink {
    let target: String
    private let secret: String
    private let key: String?
    private let api: API

    init(_ settings: Settings) throws(MintError) {
        let region = try settings.text("region").asciiLowercased
        let standard = "https://secretsmanager.\(region).amazonaws.com"
        let base = try settings.apiBase(default: standard)
        secret = try settings.text("secret")
        key = settings["key"]
        let isAWS = base.origin.host.utf8.suffix(14).elementsEqual(".amazonaws.com".utf8)
        let name = "\(region)/\(Self.name(of: secret))" + (key.map { "#\($0)" } ?? "")
        // AWS has several endpoints for one region.
        target = isAWS ? settings.target(name) : settings.target(name, at: base)
        api = settings.api(target, base: base, try Self.authorization(settings, region), answers: Self.answers)
    }

    /// Signs with the keys that the manifest names, or with the job's own.
    private static func authorization(
        _ settings: Settings, _ region: String
    ) throws(MintError) -> API.Authorization {
        let isGiven = settings.node.has("accessKeyId")
        let hasSession =
            isGiven ? settings.node.has("sessionToken") : settings.context.environment.isSet(.awsSessionToken)
        return .aws(
            region: region, service: "secretsmanager",
            id: try settings.secret("accessKeyId", default: .variable(.awsAccessKeyID)),
            key: try settings.secret("secretAccessKey", default: .variable(.awsSecretAccessKey)),
            session: hasSession ? try settings.secret("sessionToken", default: .variable(.awsSessionToken)) : nil)
    }

    /// Returns the name in an ARN, without the six random characters that AWS adds, or any other text as it is.
    ///
    /// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>
    private static func name(of secret: String) -> String {
        let parts = secret.utf8.split(separator: ASCII.colon, maxSplits: 6, omittingEmptySubsequences: false)
        guard parts.count == 7, parts[0].elementsEqual("arn".utf8) else { return secret }
        let name = parts[6]
        let suffix = name.suffix(7)
        let hasSuffix =
            suffix.count == 7 && suffix.first == ASCII.minus && suffix.dropFirst().allSatisfy(\.isASCIILetterOrDigit)
        return String(decoding: hasSuffix ? name.dropLast(7) : name, as: UTF8.self)
    }

    // MARK: Preflight

    func preflight() throws(StepFailure) {
        let answer = try ask("DescribeSecret", accepting: [.notFound])
        guard answer.status == 200 else { throw api.refused("there is no such secret, and hfmint makes none at AWS") }
        if answer.bool("RotationEnabled") == true {
            throw api.refused("AWS rotates the secret itself; only one may")
        }
        if answer.has("DeletedDate") { throw api.refused("the secret is being deleted") }
        let current = try current()
        if key != nil { _ = try text(Secret(copying: []), after: current) }
    }

    // MARK: Reading

    /// The version that AWSCURRENT is attached to.
    private struct Current: ~Copyable {
        let version: String
        let isPending: Bool
        let text: Secret
    }

    /// Reads the current version, or nil if the secret has none.
    private func current() throws(StepFailure) -> Current? {
        let answer = try ask("GetSecretValue", ["VersionStage": "AWSCURRENT"], accepting: [.notFound])
        guard answer.status == 200 else { return nil }
        guard let version = answer.string("VersionId") else { throw api.retry("answered with no version") }
        guard let text = answer.secret("SecretString") else { throw api.refused("the secret is binary") }
        let isPending = answer.strings("VersionStages")?.contains("AWSPENDING") == true
        return Current(version: version, isPending: isPending, text: text)
    }

    func look() throws(StepFailure) -> Sighting {
        guard let current = try current() else { return Sighting(.absent) }
        return Sighting(showing: value(in: current))
    }

    private func value(in current: borrowing Current) -> Secret? {
        guard let key else { return current.text.duplicate() }
        return current.text.member(key)
    }

    // MARK: Writing

    private static let mostConflicts = 3

    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        for _ in 0..<Self.mostConflicts {
            if let evidence = try writeOnce(value, idempotencyKey) { return evidence }
        }
        throw api.retry("others keep writing it")
    }

    /// Writes the value, or returns nil if AWSCURRENT has moved meanwhile, or if the secret had no version before.
    private func writeOnce(_ value: borrowing Secret, _ idempotencyKey: String) throws(StepFailure) -> Evidence? {
        let current = try current()
        switch current {
        case .none:
            let text = try text(value, after: current)
            let version = try version(of: text, idempotencyKey)
            // The first version becomes AWSCURRENT by itself.
            try put(text, version)
            return nil
        case .some(let found):
            if self.value(in: found)?.holdsSameBytes(as: value) == true {
                if found.isPending { try detachPending(from: found.version) }
                return Evidence(.version, found.version.plain)
            }
            let text = try text(value, after: current)
            let version = try version(of: text, idempotencyKey)
            try put(text, version)
            guard try promote(version, from: found.version) else { return nil }
            try detachPending(from: version)
            return Evidence(.version, version)
        }
    }

    /// Returns the whole text of the secret with `value` in it.
    private func text(_ value: borrowing Secret, after current: borrowing Current?) throws(StepFailure) -> Secret {
        guard let key else { return value.duplicate() }
        let merged: Secret?
        switch current {
        case .none: merged = Secret(copying: "{}".utf8).settingMember(key, to: value)
        case .some(let current): merged = current.text.settingMember(key, to: value)
        }
        guard let merged else { throw api.refused("the secret is no JSON object") }
        return merged
    }

    /// Returns an id that is the same for the same key and text, so that AWS makes one version of two calls.
    ///
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html#API_PutSecretValue_RequestSyntax>
    private func version(of text: borrowing Secret, _ idempotencyKey: String) throws(StepFailure) -> String {
        try api.sha256(text.enclosed(by: "\(idempotencyKey)\n", and: ""))
    }

    private func put(_ text: borrowing Secret, _ version: String) throws(StepFailure) {
        _ = try ask(
            "PutSecretValue",
            [
                "ClientRequestToken": .string(version), "VersionStages": .array(["AWSPENDING"]),
                "SecretString": .secret(SharedSecret(text.duplicate())),
            ], accepting: [])
    }

    /// Moves AWSCURRENT to a version, or returns false if it is no longer at `old`: AWS then moves nothing.
    private func promote(_ version: String, from old: String) throws(StepFailure) -> Bool {
        // AWS may not see a new version at once: <https://github.com/aws/aws-sdk-js-v3/issues/7701>.
        try ask(
            "UpdateSecretVersionStage",
            ["VersionStage": "AWSCURRENT", "MoveToVersionId": .string(version), "RemoveFromVersionId": .string(old)],
            accepting: [.invalidParameter, .notFound]
        ).status == 200
    }

    /// Detaches AWSPENDING from a version, as it would stop the next rotation, by hfmint or by others.
    ///
    /// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html>
    private func detachPending(from version: String) throws(StepFailure) {
        // AWS refuses it if another program has moved AWSPENDING meanwhile.
        _ = try ask(
            "UpdateSecretVersionStage",
            ["VersionStage": "AWSPENDING", "RemoveFromVersionId": .string(version)], accepting: [.invalidParameter])
    }

    // MARK: The protocol

    /// An error with status 400 that a call may take as an answer.
    ///
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html>
    private enum Refusal: String {
        case notFound = "ResourceNotFoundException"
        case invalidParameter = "InvalidParameterException"
    }

    /// Calls an operation on the secret, with more members of the request.
    private func ask(
        _ operation: String, _ members: KeyValuePairs<String, JSONValue> = [:], accepting: Set<Refusal>
    ) throws(StepFailure) -> API.Answer {
        let members =
            [JSONValue.Member("SecretId", .string(secret))] + members.map { JSONValue.Member($0.key, $0.value) }
        let answer = try api.call(
            .post, "/", headers: [HTTPHeader("X-Amz-Target", "secretsmanager.\(operation)")],
            body: .json(.object(members), type: "application/x-amz-json-1.1"), accepting: [200, 400],
            bodyLimit: API.largeBody
        ).asJSON()
        guard answer.status == 400 else { return answer }
        // Some endpoints put a namespace in front: `com.amazonaws…#Name`.
        let code = answer.string("__type").flatMap(vendorCode)
        if let refusal = code.flatMap({ Refusal(rawValue: $0) }), accepting.contains(refusal) { return answer }
        throw api.refused("\(operation) answered \(code ?? "400")")
    }
}
