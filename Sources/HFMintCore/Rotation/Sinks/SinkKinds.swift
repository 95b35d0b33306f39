/// Every kind of sink that a manifest may name.
let sinkKinds: [Kind<any Sink>] = [
    FileSink.kind,
    GitHubActionsSink.kind,
    GitLabSink.kind,
    VaultSink.kind,
    KubernetesSink.kind,
    AWSSecretsManagerSink.kind,
    HubSpaceSink.kind,
    CommandSink.kind,
]
