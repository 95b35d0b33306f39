extension Check {
    static let claims = Check.ofClaims(
        id: "claims", title: "what the ID token says of the job"
    ) { claims, examination in
        var rows = Claims.shown.compactMap { name in claims[name].map { (claim: name, value: $0) } }
        let names = Set(rows.map(\.claim))
        // The claims that a publisher pins are no secret either.
        let form = examination.provider?.publisher(claims)
        for row in (form?.rows ?? []) + (form?.tighter ?? []) where !names.contains(row.claim) {
            if let value = claims[row.claim] { rows.append((row.claim, value)) }
        }
        let shown = rows.filter { $0.claim != "aud" && $0.claim != "exp" }
        guard !shown.isEmpty else {
            return .warn(
                "the ID token has none of the claims that hfmint knows",
                next: "pin what its issuer documents, claim by claim")
        }
        return .ok(
            "\(shown.count) that a Trusted Publisher can pin", details: columns(shown.map { ($0.claim, $0.value) }),
            facts: shown.map { Finding.Fact($0.claim, $0.value) })
    }
}
