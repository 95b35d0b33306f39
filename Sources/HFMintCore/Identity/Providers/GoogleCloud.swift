extension Provider {
    /// Google Cloud: the metadata server gives ID tokens of the machine's service account.
    ///
    /// Google Cloud is asked late, because runners of other CI systems live there too. Google's own libraries read
    /// `GCE_METADATA_HOST` and `NO_GCE_CHECK` too. Cloud Build's metadata server has no ID tokens, but its access token
    /// gets one for the account in `GOOGLE_SERVICE_ACCOUNT_NAME`.
    /// <https://cloud.google.com/compute/docs/instances/verifying-instance-identity>
    package static let googleCloud = Provider(
        name: "google-cloud", title: "Google Cloud", recognisedBy: "the machine is Google's",
        isHere: { GoogleCloud.isHere($0) },
        isPlatform: true,
        acquisition: { job, audience throws(MintError) in try GoogleCloud.acquisition(for: job, audience: audience) },
        jobVariables: ["BUILD_ID", "CLOUD_RUN_EXECUTION", "K_REVISION", "HOSTNAME"],
        credentialPrefixes: ["GOOGLE_"],
        apiSecret: APISecret(prefixes: ["ya29."], noun: "an access token of Google's"),
        claims: ProviderClaims(
            issuers: ["https://accounts.google.com"], owners: ["sub", "email", "azp"],
            renameableClaims: [RenameableClaim("email", "sub")]),
        publisher: PublisherForm.pinning(
            ["sub": "the service account's number; the issuer is one for all of Google, so this row is a must"],
            tighter: ["email": "the service account's name, where the token has it"],
            issuer: "https://accounts.google.com"),
        example: PipelineExample(
            marker: "cloudbuild.yaml", file: "cloudbuild.yaml",
            lines: [
                "steps:",
                "  - name: python:3.13",
                "    env: [\"GOOGLE_SERVICE_ACCOUNT_NAME=publisher@acme.iam.gserviceaccount.com\"]",
                "    script: |",
                "      eval \"$(hfmint exchange acme/model)\"",
                "      hf upload acme/model .",
            ])
    )
}

extension Environment.Key {
    fileprivate static let metadataHost: Self = "GCE_METADATA_HOST"
    fileprivate static let serviceAccount: Self = "GOOGLE_SERVICE_ACCOUNT_NAME"
    /// gcloud's own variable for another address of the API, such as a private one.
    ///
    /// <https://cloud.google.com/sdk/docs/properties#setting_properties_using_environment_variables>
    fileprivate static let credentialsAPI: Self = "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS"
}

private enum GoogleCloud {
    private static let cloudBuild: Environment.Key = "BUILDER_OUTPUT"

    static func isHere(_ job: Provider.Job) -> Bool {
        guard !job.isTrue("NO_GCE_CHECK") else { return false }
        let announced: [Environment.Key] = [.metadataHost, cloudBuild, "K_SERVICE", "CLOUD_RUN_JOB"]
        return announced.contains { job.environment.isSet($0) } || productIsGoogle(job)
    }

    private static func productIsGoogle(_ job: Provider.Job) -> Bool {
        let path = "/sys/class/dmi/id/product_name"
        guard let file = (try? job.files.read(path, limit: 4_096)) ?? nil else { return false }
        let name = file.withoutTrailingLineBreak().reveal { $0.bytes }
        return name.equals("Google") || name.equals("Google Compute Engine")
    }

    static func acquisition(for job: Provider.Job, audience: String) throws(MintError) -> Acquisition {
        guard job.environment.isSet(cloudBuild) else {
            var identity = try metadata(
                "identity", job, .text,
                hint: "attach a service account to the machine; in Cloud Build set GOOGLE_SERVICE_ACCOUNT_NAME to the"
                    + " account to act as")
            let url = identity.request.url
            identity.request.url = url.appendingQuery("audience", audience).appendingQuery("format", "full")
            return .http(identity)
        }
        return .http(try impersonation(job, audience: audience))
    }

    private static func metadata(
        _ what: String, _ job: Provider.Job, _ tokenPlace: HTTPAcquisition.TokenPlace, hint: String
    ) throws(MintError) -> HTTPAcquisition {
        let host = job.environment[.metadataHost] ?? Route.metadataHosts[0]
        guard let url = HTTPURL("http://\(host)/computeMetadata/v1/instance/service-accounts/default/\(what)"),
            url.origin.isLoopback || Route.metadataHosts.contains(url.origin.host)
        else {
            throw MintError(
                .identityDenied,
                "google-cloud: GCE_METADATA_HOST "
                    + (Origin.complaint(about: host) ?? "is not the metadata server's address"),
                hint: "unset it, or set it to one of \(Route.metadataHosts.joined(separator: ", "))")
        }
        return HTTPAcquisition(
            provider: "google-cloud",
            request: HTTPRequest(
                .get, url, headers: [HTTPHeader("Metadata-Flavor", "Google")], route: .metadataServer),
            tokenPlace: tokenPlace, refusalHint: hint)
    }

    /// Returns the request for an ID token of another account, by the access token of the build's own account.
    ///
    /// <https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateIdToken>
    private static func impersonation(_ job: Provider.Job, audience: String) throws(MintError) -> HTTPAcquisition {
        let hint =
            "set GOOGLE_SERVICE_ACCOUNT_NAME to a service account, and give the build's own account the role"
            + " roles/iam.serviceAccountOpenIdTokenCreator on it"
        guard let account = job.environment[.serviceAccount] else {
            throw MintError(
                .identityDenied,
                "google-cloud: Cloud Build has no ID tokens of its own"
                    + " (GOOGLE_SERVICE_ACCOUNT_NAME is not set)", hint: hint)
        }
        let base = job.environment[.credentialsAPI] ?? "https://iamcredentials.googleapis.com/"
        guard let root = HTTPURL(base), root.isConfidential,
            root.origin.isLoopback || root.origin.host.hasEnd(".googleapis.com")
        else {
            throw MintError(
                .identityDenied, "google-cloud: \(Environment.Key.credentialsAPI.name) is not an address of Google's",
                hint: "unset it, or set it to an address below googleapis.com")
        }
        let name = percentEncoded(account)
        return HTTPAcquisition(
            provider: "google-cloud",
            request: HTTPRequest(
                .post, HTTPURL(root.origin, "/v1/projects/-/serviceAccounts/\(name):generateIdToken")),
            body: .json(["audience": .string(audience), "includeEmail": .bool(true)]),
            proof: .fetched(
                try metadata("token", job, .member("access_token"), hint: hint), header: "Authorization",
                prefix: "Bearer "),
            tokenPlace: .member("token"),
            refusalHint: hint)
    }
}
