extension Auth0 {
    /// The answers by which Auth0 says that a call may work later.
    ///
    /// <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy>,
    /// <https://auth0.com/docs/api/management/v2/clients/patch-clients-by-id>
    static let answers: [KnownAnswer] = [
        // "Global limit has been reached", with `x-ratelimit-reset`.
        .later(429, "too_many_requests"),
        // A quota of the subscription, which does not pass.
        .refused(403, "too_many_entities"),
    ]
}
