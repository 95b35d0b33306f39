extension Keycloak {
    /// The answers by which Keycloak says that a call may work later.
    ///
    /// It has few codes, and reports a busy database in three spellings.
    static let answers: [KnownAnswer] = [
        // Two changes of one client at once: <https://github.com/keycloak/keycloak/issues/11588>,
        // <https://github.com/keycloak/keycloak/pull/52182>, and as 400 in
        // <https://github.com/adorsys/keycloak-config-cli/issues/904>.
        .doubt(400, saying: "optimisticlockexception"), .doubt(409, "conflict"), .doubt(500, "unknown_error"),
        // Too many requests wait, or the node starts or stops:
        // <https://www.keycloak.org/high-availability/single-cluster/concepts-threads>,
        // <https://www.keycloak.org/observability/health>.
        .doubt(503),
    ]
}
