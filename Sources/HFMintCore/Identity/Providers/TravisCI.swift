extension Provider {
    /// Travis CI, which issues no ID tokens: there is no source for one, in its documentation or its code.
    ///
    /// <https://docs.travis-ci.com/user/environment-variables/>
    package static let travisCI = Provider.impossible(
        name: "travis-ci",
        title: "Travis CI",
        evidence: "TRAVIS=true",
        isHere: { $0.says("TRAVIS") },
        because: "its jobs have no ID tokens",
        instead: Provider.elsewhere)
}
