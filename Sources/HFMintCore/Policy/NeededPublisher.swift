/// A Trusted Publisher that must exist on the Hub for a grant to be worth anything.
package struct NeededPublisher: Sendable {
    package let opens: ResourcePattern
    package let access: Access
    package let form: PublisherForm
    /// Of the grants that need it: `grants[0] (main)`, with the manifest's path where it is an app's.
    package var grants: [String]

    /// The page of the Hub's form; `nil` where it is one for each of many repositories.
    package func page(on endpoint: Origin) -> String? { opens.literal?.settingsURL(on: endpoint) }

    /// What may be chosen there for ``access``.
    package var setting: String {
        switch (opens.kind, access) {
        case (.user, _): "gated repositories and rate limits of the account"
        case (_, .read): "read-only"
        case (_, .write): "write"
        }
    }
}

extension AccessGraph {
    /// Each once, in the order of the grants that need them.
    package var neededPublishers: [NeededPublisher] {
        struct Key: Hashable {
            let opens: ResourcePattern
            let access: Access
            let identity: Set<Grant.Claim>
        }
        var places: [Key: Int] = [:]
        var publishers: [NeededPublisher] = []
        for entitlement in entitlements {
            guard case .pattern(let pattern) = entitlement.opens else { continue }
            let grant = entitlement.grant
            let label = entitlement.policy == 0 ? grant.label : "\(grant.label) of \(grant.place.file)"
            let key = Key(opens: pattern, access: entitlement.role.access, identity: Set(grant.identity))
            if let place = places[key] {
                publishers[place].grants.append(label)
                continue
            }
            places[key] = publishers.count
            publishers.append(
                NeededPublisher(
                    opens: pattern, access: entitlement.role.access, form: PublisherForm(pinning: grant),
                    grants: [label]))
        }
        return publishers
    }
}

extension PublisherForm {
    /// Every claim of the grant, and no other: what the Hub then trusts is what the manifest grants.
    init(pinning grant: Grant) {
        let rows = grant.claims.map { claim in
            Row(String(decoding: claim.name, as: UTF8.self), String(decoding: claim.value, as: UTF8.self), "")
        }
        let issuer = String(decoding: grant.issuer, as: UTF8.self)
        let preset = allProviders.lazy.compactMap(\.preset).first { ProviderClaims.matches(issuer, $0.issuer) }
        guard let preset, case let entries = rows.compactMap(preset.entry), entries.count == rows.count else {
            self.init(issuer: issuer, rows: rows)
            return
        }
        self.init(preset: preset.name, issuer: issuer, rows: entries)
    }
}
