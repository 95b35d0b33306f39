extension Claims {
    /// The claims that may be shown: publishers match on them, and none is a name or an address of a person.
    package static let shown: [String] = (["iss", "sub", "aud", "exp"] + allProviders.flatMap(\.claims.shown))
        .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }

    /// The meaning of these claims at the provider that their issuer and names point to.
    var meaning: ProviderClaims { ProviderClaims.known(issuer: self["iss"] ?? "") { self[$0] }.claims }
}
