extension Provider {
    /// Vela: an endpoint gives ID tokens to a step with `id_request`.
    ///
    /// <https://go-vela.github.io/docs/reference/yaml/steps/#the-id_request-key>
    package static let vela = Provider(
        name: "vela", title: "Vela", recognisedBy: "VELA=true", isHere: { $0.isTrue("VELA") },
        acquisition: { job, audience throws(MintError) in
            let url = try job.tokenEndpoint(
                "vela", .requestURL, .requestToken, noun: "step", hint: "add `id_request: yes` to the step")
            return .http(
                HTTPAcquisition(
                    provider: "vela", request: HTTPRequest(.get, url.appendingQuery("audience", audience)),
                    proof: .variable(.requestToken, headers: ["Authorization"], prefix: "Bearer "),
                    tokenPlace: .member("value"),
                    refusalHint: "add `id_request: yes` to the step, and check that the build still runs",
                    addressVariable: .requestURL))
        },
        tokenVariables: [.requestURL], jobVariables: ["VELA_BUILD_LINK", "VELA_STEP_NUMBER"],
        credentialPrefixes: ["VELA_"],
        untrustedEvent: { job, _ in
            job.environment["VELA_PULL_REQUEST_FROM_FORK"] == "true" ? "the pull request is from a fork" : nil
        },
        claims: ProviderClaims(shared: ["repo", "actor"]),
        publisher: PublisherForm.pinning(
            ["sub": "the repository, the branch or tag, and the event"], tighter: ["repo": "the repository alone"]))
}

extension Environment.Key {
    fileprivate static let requestURL: Self = "VELA_ID_TOKEN_REQUEST_URL"
    fileprivate static let requestToken: Self = "VELA_ID_TOKEN_REQUEST_TOKEN"
}
