extension VaultSink {
    /// What Vault and OpenBao say when they mean later.
    ///
    /// <https://developer.hashicorp.com/vault/api-docs#http-status-codes>,
    /// <https://developer.hashicorp.com/vault/api-docs/system/health>
    static let answers: [KnownAnswer] = [
        // Right after the engine was mounted or made versioned, and at a standby until the primary has done it.
        // <https://github.com/hashicorp/vault-plugin-secrets-kv/issues/75>
        .later(400, saying: "upgrading from non-versioned to versioned data"),
        .later(400, saying: "waiting for the primary to upgrade"),
        // What a secondary for disasters says until it is promoted; as users report it, no page of the vendor has it.
        // <https://github.com/aphorise/vagrant_haproxy_vault-dr-clusters>
        .later(
            400, saying: "path disabled in replication dr secondary mode", because: "it is a secondary for disasters"),
        // "required index state not present": <https://developer.hashicorp.com/vault/docs/enterprise/consistency>.
        .later(412),
        // A standby that cannot hand the request on names the active node:
        // <https://developer.hashicorp.com/vault/docs/concepts/ha#client-redirection>.
        .later(307),
        // A quota, or a standby; a secondary for disasters; a performance standby.
        .later(429), .later(472, because: "it is a secondary for disasters"),
        .later(473, because: "it is a standby"),
        .later(474, because: "it is a standby that cannot reach the active node"),
        .doubt(501, because: "it is not initialized"), .doubt(503, saying: "is sealed", because: "it is sealed"),
        // Without an active node.
        .doubt(503), .doubt(500, saying: "local node not active", because: "it has no active node"),
    ]
}
