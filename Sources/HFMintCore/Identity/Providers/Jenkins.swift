extension Provider {
    /// Jenkins with the plugin OpenID Connect Provider: a variable is bound to a credential, which is an ID token.
    ///
    /// <https://plugins.jenkins.io/oidc-provider/>
    package static let jenkins = Provider(
        name: "jenkins", title: "Jenkins", recognisedBy: "JENKINS_URL",
        isHere: { $0.environment.isSet("JENKINS_URL") && $0.environment.isSet("BUILD_ID") },
        acquisition: { job, audience throws(MintError) in
            try job.givenToken(
                "jenkins", in: [.hfOIDCIDToken], audience: audience,
                missing:
                    "install the plugin OpenID Connect Provider, make an \"OpenID Connect id token\" credential with"
                    + " the audience \(audience), and wrap the step in withCredentials([string(credentialsId: 'hf', variable:"
                    + " 'HF_OIDC_ID_TOKEN')])",
                unsuitable: "set the audience of the credential to \(audience)")
        },
        jobVariables: ["BUILD_URL"], temporaryDirectory: "WORKSPACE_TMP",
        publisher: PublisherForm.pinning(["sub": "the address of the job, unless the claim templates say otherwise"]))
}
