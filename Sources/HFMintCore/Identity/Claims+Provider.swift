extension Claims {
    /// The claims that may be shown: what publishers match on, and no name or address of a person.
    package static let shown: [String] = (["iss", "sub", "aud", "exp"] + allProviders.flatMap(\.claims.shown))
        .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }

    /// What the claims of the provider mean that gave them, as far as that shows.
    var meaning: ProviderClaims { ProviderClaims.known(issuer: self["iss"] ?? "") { self[$0] }.claims }
}
