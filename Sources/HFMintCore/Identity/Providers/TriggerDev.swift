extension Provider {
    /// Trigger.dev: the task's own code asks its SDK for an ID token and hands it on.
    ///
    /// The worker sets `TRIGGER_RUN_ID`; if a version does not, `HF_OIDC_ID_TOKEN` is enough.
    /// <https://trigger.dev/docs/oidc/hugging-face>
    package static let triggerDev = Provider(
        name: "trigger-dev", title: "Trigger.dev", recognisedBy: "TRIGGER_RUN_ID",
        isHere: { $0.environment.isSet("TRIGGER_RUN_ID") },
        acquisition: { job, audience throws(MintError) in
            try job.givenToken(
                "trigger-dev", in: [.hfOIDCIDToken], audience: audience,
                missing:
                    "hand the task's token to hfmint: HF_OIDC_ID_TOKEN ="
                    + " await auth.getOIDCToken({ audience: '\(audience)' })",
                unsuitable: "ask for it with auth.getOIDCToken({ audience: '\(audience)' })")
        },
        jobVariables: ["TRIGGER_RUN_ID"],
        publisher: PublisherForm.pinning(["sub": "as the dashboard shows it"]))
}
