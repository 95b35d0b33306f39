extension Provider {
    /// CircleCI: the job's own `circleci` program makes ID tokens for any audience.
    ///
    /// hfmint never uses the variables `CIRCLE_OIDC_TOKEN` and `CIRCLE_OIDC_TOKEN_V2`: their audience is always the
    /// organization's id. The issuer is the organization's (`https://oidc.circleci.com/org/<id>`), as in the Hub's
    /// documentation; a user who trusts the root issuer gives `--id-token-command` with `--root-issuer`.
    /// <https://circleci.com/docs/guides/permissions-authentication/oidc-tokens-with-custom-claims/>
    package static let circleCI = Provider(
        name: "circleci", title: "CircleCI", recognisedBy: "CIRCLECI=true", isHere: { $0.isTrue("CIRCLECI") },
        acquisition: { _, audience throws(MintError) in .program(CircleCI.program(audience: audience)) },
        jobVariables: ["CIRCLE_WORKFLOW_JOB_ID", "CIRCLE_WORKFLOW_ID", "CIRCLE_BUILD_NUM", "CIRCLE_NODE_INDEX"],
        credentialPrefixes: ["CIRCLE_"],
        untrustedEvent: { CircleCI.untrustedEvent(in: $0.environment, $1) },
        // CircleCI masks variables of a project or a context only, and has no command to mask others.
        masking: .none,
        // Bash reads it at the start of each step; steps with another shell never see it.
        // https://circleci.com/docs/guides/security/env-vars/#parameters-and-bash-environment
        stepFiles: .exports("BASH_ENV"),
        ownAudience: OwnAudience(
            isFound: { CircleCI.isUUID($0) },
            advice: "CircleCI fixes the audience of CIRCLE_OIDC_TOKEN; ask with"
                + " `circleci run oidc get --claims '{\"aud\":\"https://huggingface.co\"}'`"),
        claims: CircleCI.claims, preset: CircleCI.preset, publisher: CircleCI.publisher,
        example: PipelineExample(
            marker: ".circleci/config.yml", file: ".circleci/config.yml",
            lines: [
                "steps:",
                "  - run: |",
                "      eval \"$(hfmint exchange acme/model)\"",
                "      hf upload acme/model .",
                "  - run:",
                "      command: hfmint forget",
                "      when: always",
            ])
    )
}

private enum CircleCI {
    static let preset = PublisherPreset(name: "CircleCI", issuer: "https://oidc.circleci.com/org/*")

    /// Returns whether the text has the form of an organization's id.
    ///
    /// <https://circleci.com/docs/openid-connect-tokens/>
    static func isUUID(_ text: [UInt8]) -> Bool {
        text.count == 36
            && text.enumerated().allSatisfy { index, byte in
                [8, 13, 18, 23].contains(index) ? byte == ASCII.minus : byte.hexDigitValue != nil
            }
    }

    static func program(audience: String) -> ProgramAcquisition {
        let claims: JSONValue = ["aud": .string(audience)]
        return ProgramAcquisition(
            provider: "circleci", name: "circleci run oidc get",
            options: ["--claims", claims.rendered().reveal { $0.text }],
            missingHint:
                "the job's own `circleci` program is on PATH in every executor: in a container started by hand,"
                + " run it outside and hand the token in with HF_OIDC_ID_TOKEN",
            failureHint: "another `circleci` may come first on PATH: the local CLI has the same name and no `run oidc`"
                + " (the orb circleci-cli installs it; see `type -a circleci`); a forked pull request gets no token"
                + " unless the project passes secrets to them")
    }

    static func untrustedEvent(in environment: Environment, _ claims: Claims) -> String? {
        if claims["oidc.circleci.com/ssh-rerun"] == "true" {
            return "the job was rerun with SSH, so a person may be typing in it"
        }
        // CircleCI sets both only in builds of forked pull requests.
        // https://circleci.com/docs/reference/variables/#built-in-environment-variables
        let isFork = environment.isSet("CIRCLE_PR_REPONAME") || environment.isSet("CIRCLE_PR_USERNAME")
        return isFork ? "the pull request is from a fork" : nil
    }

    /// The claims, which a fork shares with its project in all but the repository.
    ///
    /// <https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/>
    static let claims = ProviderClaims(
        issuers: ["https://oidc.circleci.com", preset.issuer],
        recognisingClaims: ["oidc.circleci.com/project-id", "oidc.circleci.com/org-id", "oidc.circleci.com/vcs-ref"],
        owners: [
            "oidc.circleci.com/project-id", "oidc.circleci.com/org-id", "oidc.circleci.com/vcs-origin",
            "oidc.circleci.com/pipeline-definition-id", "sub",
        ],
        shared: ["oidc.circleci.com/org-id", "oidc.circleci.com/project-id", "oidc.circleci.com/vcs-origin"],
        shown: [
            "oidc.circleci.com/project-id", "oidc.circleci.com/vcs-origin", "oidc.circleci.com/vcs-ref",
            "oidc.circleci.com/pipeline-definition-id",
        ],
        looseClaims: [
            LooseClaim(
                claim: "oidc.circleci.com/vcs-ref",
                closedBy: ["oidc.circleci.com/vcs-origin", .part("/vcs-origin/", of: "sub")]
            ) { "a fork may have '\($0)' too: add oidc.circleci.com/vcs-origin" },
            LooseClaim(
                claim: "sub", isOpen: { $0.hasStart("org/") && !$0.hasPart("/vcs-ref/") },
                closedBy: ["oidc.circleci.com/vcs-ref"]
            ) { _ in "'sub' names no branch: add oidc.circleci.com/vcs-ref and vcs-origin" },
        ],
        impossibilities: { grant in
            let ref = grant("oidc.circleci.com/vcs-ref").flatMap {
                $0.hasStart("refs/") ? nil : "CircleCI writes 'vcs-ref' in full: 'refs/heads/\($0)' for a branch"
            }
            let noTexts = ["oidc.circleci.com/ssh-rerun", "oidc.circleci.com/context-ids"].filter { grant($0) != nil }
            return [ref].compactMap(\.self) + noTexts.map { "'\($0)' is no text, and only texts are compared" }
        })

    static let publisher = PublisherForm.pinning(
        [
            "oidc.circleci.com/project-id":
                "the project; `sub` also names the user who started the job, so it does not fit every run",
            "oidc.circleci.com/vcs-origin": "this repository and no fork of it",
            "oidc.circleci.com/vcs-ref": "only this branch or tag",
        ],
        tighter: [
            "oidc.circleci.com/pipeline-definition-id": "only this pipeline definition",
            "oidc.circleci.com/ssh-rerun": "no job that was rerun with SSH, where it is false",
        ], preset: preset.name)
}
