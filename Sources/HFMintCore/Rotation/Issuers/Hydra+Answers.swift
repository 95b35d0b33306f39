extension Hydra {
    /// The answers by which Hydra says that a call may work later.
    ///
    /// <https://github.com/ory/hydra/blob/master/oryx/sqlcon/error.go>, <https://www.ory.com/docs/guides/rate-limits>
    static let answers: [KnownAnswer] = [
        // The database has rolled the transaction back.
        .later(400, saying: "unable to serialize access due to a concurrent update"),
        // Ory's own service.
        .later(429),
    ]
}
