extension Hydra {
    /// What Hydra says when it means later.
    ///
    /// <https://github.com/ory/hydra/blob/master/oryx/sqlcon/error.go>, <https://www.ory.com/docs/guides/rate-limits>
    static let answers: [KnownAnswer] = [
        // The database has taken the whole transaction back.
        .later(400, saying: "unable to serialize access due to a concurrent update"),
        // Ory's own service.
        .later(429),
    ]
}
