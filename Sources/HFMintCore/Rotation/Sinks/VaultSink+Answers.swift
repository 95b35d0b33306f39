extension VaultSink {
    /// The answers by which Vault and OpenBao say that a call may work later.
    ///
    /// <https://developer.hashicorp.com/vault/api-docs#http-status-codes>,
    /// <https://developer.hashicorp.com/vault/api-docs/system/health>
    static let answers: [KnownAnswer] = [
        // The engine has just been mounted or made versioned; a standby says so until the primary has done it.
        // <https://github.com/hashicorp/vault-plugin-secrets-kv/issues/75>
        .later(400, saying: "upgrading from non-versioned to versioned data"),
        .later(400, saying: "waiting for the primary to upgrade"),
        // A secondary for disasters, until it is promoted. Users report these words, and no page of the vendor does.
        // <https://github.com/aphorise/vagrant_haproxy_vault-dr-clusters>
        .later(
            400, saying: "path disabled in replication dr secondary mode", because: "it is a secondary for disasters"),
        // "required index state not present": <https://developer.hashicorp.com/vault/docs/enterprise/consistency>.
        .later(412),
        // A standby that cannot forward the request names the active node:
        // <https://developer.hashicorp.com/vault/docs/concepts/ha#client-redirection>.
        .later(307),
        // A quota, or a standby.
        .later(429), .later(472, because: "it is a secondary for disasters"),
        .later(473, because: "it is a standby"),
        .later(474, because: "it is a standby that cannot reach the active node"),
        .doubt(501, because: "it is not initialized"), .doubt(503, saying: "is sealed", because: "it is sealed"),
        // There is no active node.
        .doubt(503), .doubt(500, saying: "local node not active", because: "it has no active node"),
    ]
}
