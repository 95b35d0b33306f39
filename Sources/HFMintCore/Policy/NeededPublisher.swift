/// A Trusted Publisher that a grant needs on the Hub to have an effect.
package struct NeededPublisher: Sendable {
    package let opens: ResourcePattern
    package let access: Access
    package let form: PublisherForm
    /// The labels of the grants that need it, such as `grants[0] (main)`, with the path of an app's manifest.
    package var grants: [String]

    /// Returns the page of the Hub's form, or nil if many repositories have one each.
    package func page(on endpoint: Origin) -> String? { opens.literal?.settingsURL(on: endpoint) }

    /// The choice in the Hub's form for ``access``.
    package var setting: String {
        switch (opens.kind, access) {
        case (.user, _): "gated repositories and rate limits of the account"
        case (_, .read): "read-only"
        case (_, .write): "write"
        case (_, .admin): "write, and no publisher gives more"
        }
    }
}

extension AccessGraph {
    /// The publishers that the grants need, each once, in the order of the grants.
    package var neededPublishers: [NeededPublisher] {
        struct Key: Hashable {
            let opens: ResourcePattern
            let access: Access
            let identity: Set<Grant.Claim>
        }
        var indices: [Key: Int] = [:]
        var publishers: [NeededPublisher] = []
        for entitlement in entitlements {
            guard case .pattern(let pattern) = entitlement.opens else { continue }
            let grant = entitlement.grant
            let label = entitlement.policy == 0 ? grant.label : "\(grant.label) of \(grant.place.file)"
            let key = Key(opens: pattern, access: entitlement.role.access, identity: Set(grant.identity))
            if let index = indices[key] {
                publishers[index].grants.append(label)
                continue
            }
            indices[key] = publishers.count
            publishers.append(
                NeededPublisher(
                    opens: pattern, access: entitlement.role.access, form: PublisherForm(pinning: grant),
                    grants: [label]))
        }
        return publishers
    }
}

extension PublisherForm {
    /// Makes the form with exactly the claims of `grant`, so that the Hub trusts what the manifest grants.
    init(pinning grant: Grant) {
        let rows = grant.claims.map { claim in
            Row(
                claim: String(decoding: claim.name, as: UTF8.self),
                value: String(decoding: claim.value, as: UTF8.self), why: "")
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
