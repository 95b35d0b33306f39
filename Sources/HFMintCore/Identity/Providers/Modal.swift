extension Provider {
    /// Modal: its ID tokens have one audience, which no setting changes; the Hub takes none but its own.
    ///
    /// <https://modal.com/docs/guide/oidc-integration>
    package static let modal = Provider.impossible(
        name: "modal",
        title: "Modal",
        evidence: "MODAL_TASK_ID",
        isHere: { $0.environment.isSet("MODAL_TASK_ID") || $0.environment.isSet("MODAL_IDENTITY_TOKEN") },
        because: "its ID tokens are always for oidc.modal.com",
        instead: "give the function a Modal secret, or bring an ID token of your own issuer in HF_OIDC_ID_TOKEN")
}
