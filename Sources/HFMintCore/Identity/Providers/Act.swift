extension Provider {
    /// nektos/act, which plays GitHub's workflows on one's own machine.
    ///
    /// Who hands GitHub's two variables in from outside has an ID token, and is on GitHub Actions for hfmint.
    /// <https://nektosact.com/usage/index.html>
    package static let act = Provider.impossible(
        name: "act",
        title: "nektos/act",
        evidence: "ACT=true, GITHUB_ACTIONS=true",
        isHere: { $0.says("ACT") && $0.says(.gitHubActions) && !$0.environment.isSet(.actionsURL) },
        because: "act plays a workflow on this machine, and no issuer vouches for it",
        instead: "guard the step with `if: ${{ !env.ACT }}`, or set HF_TOKEN to a token of your own for local runs")
}
