extension Provider {
    /// Azure's managed identities: their audiences are applications registered in Entra; the Hub takes none but its own.
    ///
    /// <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>
    package static let azureManagedIdentity = Provider.impossible(
        name: "azure-managed-identity",
        title: "Azure managed identity",
        evidence: "IDENTITY_ENDPOINT",
        isHere: { $0.environment.isSet("IDENTITY_ENDPOINT") && $0.environment.isSet("IDENTITY_HEADER") },
        because: "a managed identity's tokens are for an application registered in Entra, never for the Hub's address",
        instead:
            "on AKS, mount a projected service account token with the Hub's audience; elsewhere, bring an ID token of your"
            + " own issuer in HF_OIDC_ID_TOKEN")
}
