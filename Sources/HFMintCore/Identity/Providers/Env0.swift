extension Provider {
    /// env0: its ID tokens have one audience, which no setting changes; the Hub takes none but its own.
    ///
    /// <https://docs.envzero.com/guides/integrations/oidc-integrations>
    package static let env0 = Provider.impossible(
        name: "env0",
        title: "env0",
        evidence: "ENV0_OIDC_TOKEN",
        isHere: { $0.environment.isSet("ENV0_OIDC_TOKEN") || $0.environment.isSet("ENV0_ENVIRONMENT_ID") },
        because: "its ID tokens are always for env0's own addresses",
        instead: Provider.elsewhere)
}
