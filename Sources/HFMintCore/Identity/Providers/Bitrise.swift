extension Provider {
    /// Bitrise: an address of the build gives ID tokens.
    ///
    /// Bitrise's own step sends the build's token in two headers, and so does hfmint. The claims are not documented.
    /// <https://github.com/bitrise-steplib/bitrise-step-get-identity-token>
    package static let bitrise = Provider(
        name: "bitrise",
        title: "Bitrise",
        recognisedBy: "BITRISE_IO=true",
        isHere: { $0.says("BITRISE_IO") },
        acquisition: { job, audience throws(MintError) in
            guard let build = job.environment[.buildURL], job.environment.isSet(.buildToken) else {
                throw MintError(
                    .identityDenied, "bitrise: this build may not request an ID token (BITRISE_BUILD_URL is not set)",
                    hint:
                        "BITRISE_BUILD_URL and BITRISE_BUILD_API_TOKEN are there on bitrise.io, not with the local CLI")
            }
            let url = try job.confidentialURL("bitrise", .buildURL, build)
            return .http(
                HTTPAcquisition(
                    provider: "bitrise",
                    request: HTTPRequest(.post, HTTPURL(url.origin, "\(url.target)/id_token.json")),
                    body: .json(["aud": .string(audience), "sub": .string("")]),
                    proof: .variable(.buildToken, headers: ["Authorization", "BUILD_API_TOKEN"], prefix: ""),
                    answer: .member("id_token"),
                    refusalHint: "the credential is good for this build alone: check that the build still runs",
                    address: .buildURL))
        },
        traces: [.buildToken],
        jobVariables: ["BITRISE_BUILD_SLUG"],
        publisher: { claims in
            PublisherForm(
                claims: claims, rows: [("sub", "what the build is; check that it is the same in each run")])
        })
}

extension Environment.Key {
    fileprivate static let buildURL: Self = "BITRISE_BUILD_URL"
    fileprivate static let buildToken: Self = "BITRISE_BUILD_API_TOKEN"
}
