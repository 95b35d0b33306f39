extension Provider {
    /// Vela: an endpoint gives ID tokens to a step with `id_request`.
    ///
    /// <https://go-vela.github.io/docs/reference/yaml/steps/#the-id_request-key>
    package static let vela = Provider(
        name: "vela",
        title: "Vela",
        recognisedBy: "VELA=true",
        isHere: { $0.says("VELA") },
        acquisition: { job, audience throws(MintError) in
            guard let endpoint = job.environment[.requestURL], job.environment.isSet(.requestToken) else {
                throw MintError(
                    .identityDenied,
                    "vela: this step may not request an ID token (VELA_ID_TOKEN_REQUEST_URL is not set)",
                    hint: "add `id_request: yes` to the step")
            }
            let url = try job.confidentialURL("vela", .requestURL, endpoint)
            return .http(
                HTTPAcquisition(
                    provider: "vela",
                    request: HTTPRequest(.get, url.appendingQuery("audience", audience)),
                    proof: .variable(.requestToken, header: "Authorization", prefix: "Bearer "),
                    answer: .member("value"),
                    refusalHint: "add `id_request: yes` to the step, and check that the build still runs",
                    address: .requestURL))
        },
        traces: [.requestURL],
        jobVariables: ["VELA_BUILD_LINK", "VELA_STEP_NUMBER"],
        untrustedEvent: { job, _ in
            job.environment["VELA_PULL_REQUEST_FROM_FORK"] == "true" ? "the pull request is from a fork" : nil
        },
        claims: ProviderClaims(shared: ["repo", "actor"]),
        publisher: { claims in
            PublisherForm(
                claims: claims,
                rows: [("sub", "the repository, the branch or tag, and the event")],
                tighter: [("repo", "the repository alone")])
        })
}

extension Environment.Key {
    fileprivate static let requestURL: Self = "VELA_ID_TOKEN_REQUEST_URL"
    fileprivate static let requestToken: Self = "VELA_ID_TOKEN_REQUEST_TOKEN"
}
