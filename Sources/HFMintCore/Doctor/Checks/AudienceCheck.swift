extension Check {
    static let audience = Check.ofClaims(
        id: "audience", title: "whether the ID token is meant for the Hub"
    ) { claims, examination in
        guard let authority = examination.authority else { return .skip("the endpoint is not usable") }
        let found = claims.audiences.map { String(decoding: $0, as: UTF8.self) }
        let facts = [
            Finding.Fact("expected", authority.audience), Finding.Fact("got", found.joined(separator: " ")),
        ]
        let list = claims.quotedAudiences
        guard claims.isFor(authority.audience) else {
            let got = found.isEmpty ? "it names none" : "got \(list)"
            return .fail(
                "the ID token is for another audience: expected '\(authority.audience)', \(got)",
                next: advice(found, authority.audience), facts: facts)
        }
        guard found.count == 1 else {
            return .warn(
                "the ID token is for several audiences: \(list); whoever gets it for one can use it for the others",
                next: "ask for one whose `aud` is \(authority.audience) alone", facts: facts)
        }
        return .ok(found[0], facts: facts)
    }

    private static func advice(_ found: [String], _ wanted: String) -> String {
        let audiences = allProviders.lazy.compactMap(\.ownAudience)
        let known = audiences.first { own in found.contains { own.isFound(Array($0.utf8)) } }
        return known?.advice ?? "ask for an ID token whose `aud` is \(wanted)"
    }
}
