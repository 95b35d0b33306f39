extension Provider {
    /// Woodpecker CI, which issues no ID tokens: there is no source for one, in its documentation or its code.
    ///
    /// <https://github.com/woodpecker-ci/woodpecker/issues/4837>
    package static let woodpecker = Provider.impossible(
        name: "woodpecker",
        title: "Woodpecker CI",
        evidence: "CI=woodpecker",
        isHere: { $0.environment["CI"] == "woodpecker" },
        because: "its jobs have no ID tokens yet",
        instead: Provider.elsewhere)
}
