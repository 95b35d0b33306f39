extension Provider {
    /// HCP Terraform: a workspace variable requests an ID token, which the run has in another variable.
    ///
    /// The user chooses the tag `_HF`, and hfmint looks for this one first.
    /// <https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/manual-generation>
    package static let terraformCloud = Provider(
        name: "terraform-cloud", title: "HCP Terraform", recognisedBy: "TFC_RUN_ID",
        isHere: { $0.environment.isSet("TFC_RUN_ID") || $0.environment.isSet("TFC_WORKLOAD_IDENTITY_TOKEN") },
        acquisition: { job, audience throws(MintError) in
            try job.givenToken(
                "terraform-cloud", in: ["TFC_WORKLOAD_IDENTITY_TOKEN_HF", "TFC_WORKLOAD_IDENTITY_TOKEN"],
                audience: audience,
                missing:
                    "set the workspace variable TFC_WORKLOAD_IDENTITY_AUDIENCE_HF to \(audience) (category: environment)"
            )
        },
        jobVariables: ["TFC_RUN_ID"],
        credentialPrefixes: ["TFC_"],
        claims: ProviderClaims(
            issuers: ["https://app.terraform.io"],
            recognisingClaims: ["terraform_workspace_id", "terraform_workspace_name"],
            owners: [
                "terraform_workspace_id", "terraform_organization_id", "terraform_organization_name",
                "terraform_project_id", "sub",
            ],
            shared: ["terraform_organization_id", "terraform_organization_name"],
            // A pull request starts a plan.
            // https://developer.hashicorp.com/terraform/cloud-docs/run/remote-operations
            looseClaims: ["terraform_workspace_id", "terraform_workspace_name", "terraform_project_id", "sub"].map {
                claim in
                LooseClaim(
                    claim: claim, isOpen: { claim != "sub" || $0.hasPart(":run_phase:") },
                    closedBy: [
                        LooseClaim.Companion("terraform_run_phase") { $0.utf8.elementsEqual("apply".utf8) },
                        .part(":run_phase:apply", of: "sub"),
                    ]
                ) { _ in "a pull request may start a plan of the workspace: add terraform_run_phase=apply" }
            },
            renameableClaims: [
                RenameableClaim("terraform_workspace_name", "terraform_workspace_id"),
                RenameableClaim(
                    "terraform_organization_name", "terraform_organization_id", "terraform_workspace_id"),
            ]),
        publisher: PublisherForm.pinning(
            [
                "terraform_workspace_id": "the workspace; `sub` also names the run's phase, so plan and apply differ",
                "terraform_run_phase": "only plans, or only applies",
            ], tighter: ["terraform_organization_id": "only while the workspace stays in this organization"]))
}
