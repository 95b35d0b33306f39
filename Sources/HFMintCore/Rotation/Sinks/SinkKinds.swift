/// Every kind of sink, by the word that the manifest says in `kind`.
package let sinkKinds: [Kind<any Sink>] = [
    FileSink.kind,
    GitHubActionsSink.kind,
    GitLabSink.kind,
    VaultSink.kind,
    KubernetesSink.kind,
    AWSSecretsManagerSink.kind,
    HubSpaceSink.kind,
    CommandSink.kind,
]
