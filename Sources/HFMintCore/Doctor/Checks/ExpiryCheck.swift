extension Check {
    static let expiry = Check.ofClaims(
        id: "expiry", title: "how long the ID token is good for", isPrerequisite: true
    ) { claims, examination in
        guard let expiry = claims.expiresAt else {
            return .warn("the ID token does not say when it expires", next: "ask the issuer: `exp` is required")
        }
        // The Hub decides by its own clock.
        let left = expiry - (examination.hubDate ?? examination.now)
        let canMintAgain = (try? examination.acquisition.get().canMintAgain) ?? false
        let facts = [Finding.Fact("expires_at", expiry.rfc3339)]
        guard left > 0 else {
            guard !canMintAgain else { return .skip("a new token that has expired already is a question of clocks") }
            return .fail(
                "the ID token expired \(inWords(seconds: -left)) ago",
                next: "exchange it earlier in the job, or give the job a longer `timeout`; no new one can be had in"
                    + " this job", facts: facts)
        }
        let message = "good for \(inWords(seconds: left)) more"
        if canMintAgain { return .ok("\(message), and a new one comes with each try", facts: facts) }
        guard left < 120 else { return .ok(message, facts: facts) }
        return .warn(message, next: "exchange it earlier in the job; no new one can be had in this job", facts: facts)
    }
}
