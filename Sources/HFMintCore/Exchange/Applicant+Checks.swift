extension Applicant {
    /// Refuses an ID token that cannot work, with an explanation and before anything is sent.
    func check(_ claims: Claims, from source: IDTokenSource) throws(MintError) {
        try checkAudience(claims, from: source)
        try checkEvent(claims)
        try checkExpiry(claims, from: source)
    }

    private func checkAudience(_ claims: Claims, from source: IDTokenSource) throws(MintError) {
        guard !claims.isFor(authority.audience) else { return }
        let found = claims.quotedAudiences
        let audience = found.isEmpty ? "names no audience" : "is for the audience \(found)"
        throw MintError(
            .identityUnsuitable,
            "the ID token from \(source.acquisition.source) \(audience), and \(authority.endpoint.host) takes only"
                + " '\(authority.audience)'",
            hint: Self.isNear(claims.audiences, authority.audience)
                ? "ask for exactly \(authority.audience): an audience counts byte by byte, a slash at its end too"
                : "ask for an ID token whose `aud` is \(authority.audience)")
    }

    /// Whether one of `audiences` differs from `audience` only in a slash at the end or the case of letters.
    private static func isNear(_ audiences: [[UInt8]], _ audience: String) -> Bool {
        func plain(_ bytes: some Sequence<UInt8>) -> [UInt8] {
            let lower = bytes.map(\.asciiLowercased)
            return lower.last == ASCII.slash ? lower.dropLast() : lower
        }
        return audiences.contains { plain($0) == plain(audience.utf8) }
    }

    /// Refuses an event that strangers can cause, unless the user allows it.
    ///
    /// - Parameter claims: the claims of the job's ID token, or none; then the environment alone tells the event.
    func checkEvent(_ claims: Claims) throws(MintError) {
        guard !allowsUntrustedEvent, let reason = provider?.untrustedEvent(job, claims) else { return }
        throw MintError(
            .eventUntrusted, "refused: \(reason)",
            hint: "if the job runs no code of theirs, give --allow-untrusted-event")
    }

    /// Refuses a given ID token that has expired by this machine's clock and the Hub's.
    ///
    /// A token made for this try is never refused for its times.
    private func checkExpiry(_ claims: Claims, from source: IDTokenSource) throws(MintError) {
        guard !source.acquisition.canMintAgain, let expiry = claims.expiresAt, expiry < context.clock.now() else {
            return
        }
        let probe = try? context.send(.frontPage(of: authority.endpoint), limits: limits)
        guard let hubTime = probe?.date else { return }
        guard expiry < hubTime else {
            context.note(
                "the clock of this machine is \(inWords(seconds: context.clock.now() - hubTime)) ahead of the Hub's")
            return
        }
        throw MintError(
            .identityUnsuitable,
            "the ID token from \(source.acquisition.source) expired at \(expiry.rfc3339),"
                + " \(inWords(seconds: hubTime - expiry)) ago",
            hint: "exchange it earlier in the job, or give the job a longer `timeout`")
    }
}
