/// Providers whose jobs cannot get a token for the Hub, each with the reason and an alternative.
///
/// Most of them give ID tokens for one fixed audience, and the Hub takes none but its own address.
extension Provider {
    // https://nektosact.com/usage/index.html
    // A user who hands in GitHub's two variables from outside has an ID token, so hfmint takes the job for GitHub's.
    package static let act = cannotVouch(
        "act", title: "nektos/act", recognisedBy: "ACT=true, GITHUB_ACTIONS=true",
        because: "act plays a workflow on this machine, and no issuer vouches for it",
        instead: "guard the step with `if: ${{ !env.ACT }}`, or set HF_TOKEN to a token of your own for local runs",
        imitates: ["github-actions"]
    ) { $0.isTrue("ACT") && $0.isTrue(.gitHubActions) && !$0.environment.isSet(.actionsURL) }

    // https://learn.microsoft.com/azure/devops/pipelines/library/connect-to-azure
    package static let azureDevOps = cannotVouch(
        "azure-devops", title: "Azure DevOps", recognisedBy: "TF_BUILD=True",
        because: "its ID tokens are always for api://AzureADTokenExchange, and the Hub takes none but its own address",
        temporaryDirectory: "AGENT_TEMPDIRECTORY", credentialPrefixes: ["SYSTEM_"],
        ownAudience: OwnAudience(
            start: "api://AzureADTokenExchange",
            "Azure DevOps gives every token this audience, which the Hub does not take; run the job elsewhere,"
                + " or keep a token of the Hub as a secret variable")
    ) { $0.environment["TF_BUILD"] == "True" }

    // https://docs.semaphore.io/using-semaphore/openid
    package static let semaphore = cannotVouch(
        "semaphore", title: "Semaphore", recognisedBy: "SEMAPHORE=true",
        because: "its ID tokens are always for the organization's own address (https://<organization>.semaphoreci.com)"
    ) { $0.isTrue("SEMAPHORE") }

    // https://docs.travis-ci.com/user/environment-variables/: neither documentation nor code has a source of ID tokens.
    package static let travisCI = cannotVouch(
        "travis-ci", title: "Travis CI", recognisedBy: "TRAVIS=true", because: "its jobs have no ID tokens"
    ) { $0.isTrue("TRAVIS") }

    // https://github.com/woodpecker-ci/woodpecker/issues/4837
    package static let woodpecker = cannotVouch(
        "woodpecker", title: "Woodpecker CI", recognisedBy: "CI=woodpecker", because: "its jobs have no ID tokens yet",
        imitates: ["drone"]
    ) { $0.environment["CI"] == "woodpecker" }

    // https://docs.drone.io/pipeline/environment/reference/: neither documentation nor code has a source of ID tokens.
    package static let drone = cannotVouch(
        "drone", title: "Drone", recognisedBy: "DRONE=true", because: "its jobs have no ID tokens"
    ) { $0.isTrue("DRONE") }

    // https://docs.spacelift.io/integrations/cloud-providers/oidc
    package static let spacelift = cannotVouch(
        "spacelift", title: "Spacelift", recognisedBy: "SPACELIFT_OIDC_TOKEN",
        because: "its ID tokens are always for the account's own host name", credentialPrefixes: ["SPACELIFT_"]
    ) { $0.environment.isSet("SPACELIFT_OIDC_TOKEN") || $0.environment.isSet("TF_VAR_spacelift_run_id") }

    // https://docs.envzero.com/guides/integrations/oidc-integrations
    package static let env0 = cannotVouch(
        "env0", title: "env0", recognisedBy: "ENV0_OIDC_TOKEN",
        because: "its ID tokens are always for env0's own addresses"
    ) { $0.environment.isSet("ENV0_OIDC_TOKEN") || $0.environment.isSet("ENV0_ENVIRONMENT_ID") }

    // https://modal.com/docs/guide/oidc-integration
    package static let modal = cannotVouch(
        "modal", title: "Modal", recognisedBy: "MODAL_TASK_ID", because: "its ID tokens are always for oidc.modal.com",
        instead: "give the function a Modal secret, or bring an ID token of your own issuer in HF_OIDC_ID_TOKEN"
    ) { $0.environment.isSet("MODAL_TASK_ID") || $0.environment.isSet("MODAL_IDENTITY_TOKEN") }

    // https://vercel.com/docs/oidc
    // Only Vercel's own JavaScript package can trade the token for another, at an address that is not documented.
    package static let vercel = cannotVouch(
        "vercel", title: "Vercel", recognisedBy: "VERCEL=1",
        because: "the token in VERCEL_OIDC_TOKEN is always for https://vercel.com/<team>",
        instead:
            "ask for another one in your own code with getVercelOidcToken({ audience: 'https://huggingface.co' }), and hand"
            + " it on in HF_OIDC_ID_TOKEN",
        ownAudience: OwnAudience(
            start: "https://vercel.com/",
            "Vercel fixes the audience of VERCEL_OIDC_TOKEN, and the Hub does not take it; run the job in a CI system")
    ) { $0.environment["VERCEL"] == "1" }

    // https://huggingface.co/docs/hub/jobs documents no identity of a Job, whose token comes in as a secret, and names
    // the two variables by which hfmint recognises a Job.
    package static let hfJobs = cannotVouch(
        "hf-jobs", title: "Hugging Face Jobs", recognisedBy: "JOB_ID and ACCELERATOR",
        because: "a Job has no ID token that says which Job it is",
        instead: "give the Job a token when you start it: hf jobs run --secrets HF_TOKEN …"
    ) { $0.environment.isSet("JOB_ID") && $0.environment.isSet("ACCELERATOR") }

    // https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
    package static let azureManagedIdentity = cannotVouch(
        "azure-managed-identity", title: "Azure managed identity", recognisedBy: "IDENTITY_ENDPOINT",
        because: "a managed identity's tokens are for an application registered in Entra, never for the Hub's address",
        instead:
            "on AKS, mount a projected service account token with the Hub's audience; elsewhere, bring an ID token of your"
            + " own issuer in HF_OIDC_ID_TOKEN", isPlatform: true, credentialPrefixes: ["AZURE_"]
    ) { $0.environment.isSet("IDENTITY_ENDPOINT") && $0.environment.isSet("IDENTITY_HEADER") }

    private static func cannotVouch(
        _ name: String, title: String, recognisedBy: String, because reason: String,
        instead: String =
            "run the publishing job in a system that can choose the audience (GitHub Actions, GitLab CI …), or bring an"
            + " ID token of your own issuer in HF_OIDC_ID_TOKEN", imitates: [String] = [], isPlatform: Bool = false,
        temporaryDirectory: Environment.Key? = nil, credentialPrefixes: [String] = [],
        ownAudience: OwnAudience? = nil,
        isHere: @escaping @Sendable (Job) -> Bool
    ) -> Provider {
        Provider(
            name: name, title: title, recognisedBy: recognisedBy, isHere: isHere, imitates: imitates,
            isPlatform: isPlatform,
            acquisition: { _, _ throws(MintError) in
                throw MintError(.identityDenied, "\(name): \(reason)", hint: instead)
            }, credentialPrefixes: credentialPrefixes, temporaryDirectory: temporaryDirectory, ownAudience: ownAudience)
    }
}
