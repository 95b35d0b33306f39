extension Provider {
    /// Semaphore: its ID tokens have one audience, which no setting changes; the Hub takes none but its own.
    ///
    /// <https://docs.semaphore.io/using-semaphore/openid>
    package static let semaphore = Provider.impossible(
        name: "semaphore",
        title: "Semaphore",
        evidence: "SEMAPHORE=true",
        isHere: { $0.says("SEMAPHORE") },
        because: "its ID tokens are always for the organization's own address (https://<organization>.semaphoreci.com)",
        instead: Provider.elsewhere)
}
