extension Provider {
    /// Codefresh: an endpoint gives ID tokens for a credential without a scheme in front.
    ///
    /// `cf_export` hands variables to later steps, but its file's form is not documented, so hfmint does not write it.
    /// <https://codefresh.io/docs/docs/integrations/oidc-pipelines/>
    package static let codefresh = Provider(
        name: "codefresh", title: "Codefresh", recognisedBy: "CF_BUILD_ID",
        isHere: { $0.environment.isSet("CF_BUILD_ID") },
        acquisition: { job, audience throws(MintError) in
            let url = try job.tokenEndpoint(
                "codefresh", .requestURL, .requestToken, noun: "step",
                hint: "use a hosted runtime or a hybrid one that supports OIDC; or the step `obtain-oidc-id-token`"
                    + " with `AUDIENCE: \(audience)`, and HF_OIDC_ID_TOKEN=${{ID_TOKEN}}")
            return .http(
                HTTPAcquisition(
                    provider: "codefresh", request: HTTPRequest(.get, url.appendingQuery("audience", audience)),
                    proof: .variable(.requestToken, headers: ["Authorization"], prefix: ""),
                    tokenPlace: .member("id_token"),
                    refusalHint: "the credential is good for this build alone: check that the build still runs"))
        },
        tokenVariables: [.requestURL], jobVariables: ["CF_BUILD_ID", "CF_STEP_NAME"],
        credentialPrefixes: ["CF_"],
        claims: ProviderClaims(
            issuers: ["https://oidc.codefresh.io"], recognisingClaims: ["scm_ref", "scm_repo_url"],
            owners: ["account_id", "account_name", "pipeline_id", "scm_repo_url", "sub"],
            shared: ["account_id", "account_name", "scm_repo_url"],
            looseClaims: [
                LooseClaim(claim: "scm_ref", isOpen: { !$0.hasStart("refs/") }) {
                    "a tag may have the name '\($0)' too: let the pipeline's triggers take branches alone"
                }
            ],
            renameableClaims: [
                RenameableClaim("pipeline_name", "pipeline_id"),
                RenameableClaim("account_name", "account_id"),
            ]),
        publisher: PublisherForm.pinning(
            ["sub": "the account, the pipeline and what started it; check that it is the same in each run"],
            tighter: ["pipeline_id": "only this pipeline", "account_id": "only this account"]))
}

extension Environment.Key {
    fileprivate static let requestURL: Self = "CF_OIDC_REQUEST_URL"
    fileprivate static let requestToken: Self = "CF_OIDC_REQUEST_TOKEN"
}
