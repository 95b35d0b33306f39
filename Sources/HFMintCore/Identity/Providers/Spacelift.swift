extension Provider {
    /// Spacelift: its ID tokens have one audience, which no setting changes; the Hub takes none but its own.
    ///
    /// <https://docs.spacelift.io/integrations/cloud-providers/oidc>
    package static let spacelift = Provider.impossible(
        name: "spacelift",
        title: "Spacelift",
        evidence: "SPACELIFT_OIDC_TOKEN",
        isHere: { $0.environment.isSet("SPACELIFT_OIDC_TOKEN") || $0.environment.isSet("TF_VAR_spacelift_run_id") },
        because: "its ID tokens are always for the account's own host name",
        instead: Provider.elsewhere)
}
