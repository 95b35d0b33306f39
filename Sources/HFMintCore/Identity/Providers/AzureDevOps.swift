extension Provider {
    /// Azure DevOps: its ID tokens have one audience, which no setting changes; the Hub takes none but its own.
    ///
    /// <https://learn.microsoft.com/azure/devops/pipelines/library/connect-to-azure>
    package static let azureDevOps = Provider.impossible(
        name: "azure-devops",
        title: "Azure DevOps",
        evidence: "TF_BUILD=True",
        isHere: { $0.environment["TF_BUILD"] == "True" },
        because: "its ID tokens are always for api://AzureADTokenExchange, and the Hub takes none but its own address",
        instead: Provider.elsewhere)
}
