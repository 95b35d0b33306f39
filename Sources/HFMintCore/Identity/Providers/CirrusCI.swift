extension Provider {
    /// Cirrus CI: a variable of the task holds an ID token for the audience in another variable.
    ///
    /// <https://cirrus-ci.org/guide/writing-tasks/#oidc-tokens>
    package static let cirrusCI = Provider(
        name: "cirrus-ci", title: "Cirrus CI", recognisedBy: "CIRRUS_CI=true", isHere: { $0.isTrue("CIRRUS_CI") },
        acquisition: { job, audience throws(MintError) in
            try job.givenToken(
                "cirrus-ci", in: ["CIRRUS_OIDC_TOKEN"], audience: audience,
                missing: "add to the task's `env:`: `CIRRUS_OIDC_TOKEN_AUDIENCE: \(audience)`")
        },
        tokenVariables: ["CIRRUS_OIDC_TOKEN"], jobVariables: ["CIRRUS_TASK_ID"],
        credentialPrefixes: ["CIRRUS_"],
        publisher: PublisherForm.pinning(
            ["sub": "what the task is; check that it is the same in each run"],
            tighter: ["repository_id": "survives a rename; nobody can take it over"]))
}
