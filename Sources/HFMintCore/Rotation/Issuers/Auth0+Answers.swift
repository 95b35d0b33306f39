extension Auth0 {
    /// What Auth0 says when it means later.
    ///
    /// <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy>,
    /// <https://auth0.com/docs/api/management/v2/clients/patch-clients-by-id>
    static let answers: [KnownAnswer] = [
        // "Global limit has been reached", with `x-ratelimit-reset`.
        .later(429, "too_many_requests"),
        // Above a quota of the subscription: that is not about the moment.
        .refused(403, "too_many_entities"),
    ]
}
