extension Provider {
    /// Bitrise: an address of the build gives ID tokens.
    ///
    /// Bitrise's own step sends the build's token in two headers, and so does hfmint. The claims are not documented.
    /// <https://github.com/bitrise-steplib/bitrise-step-get-identity-token>
    package static let bitrise = Provider(
        name: "bitrise", title: "Bitrise", recognisedBy: "BITRISE_IO=true", isHere: { $0.isTrue("BITRISE_IO") },
        acquisition: { job, audience throws(MintError) in
            let url = try job.tokenEndpoint(
                "bitrise", .buildURL, .buildToken, noun: "build",
                hint: "BITRISE_BUILD_URL and BITRISE_BUILD_API_TOKEN are there on bitrise.io, not with the local CLI")
            return .http(
                HTTPAcquisition(
                    provider: "bitrise",
                    request: HTTPRequest(.post, HTTPURL(url.origin, "\(url.target)/id_token.json")),
                    body: .json(["aud": .string(audience), "sub": .string("")]),
                    proof: .variable(.buildToken, headers: ["Authorization", "BUILD_API_TOKEN"], prefix: ""),
                    tokenPlace: .member("id_token"),
                    refusalHint: "the credential is good for this build alone: check that the build still runs",
                    addressVariable: .buildURL))
        },
        tokenVariables: [.buildToken], jobVariables: ["BITRISE_BUILD_SLUG"],
        credentialPrefixes: ["BITRISE"],
        publisher: PublisherForm.pinning(["sub": "what the build is; check that it is the same in each run"]))
}

extension Environment.Key {
    fileprivate static let buildURL: Self = "BITRISE_BUILD_URL"
    fileprivate static let buildToken: Self = "BITRISE_BUILD_API_TOKEN"
}
