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
    ///
    /// GitHub's preset takes a branch by its name; anything beyond repository, branch and environment is entered as
    /// custom claims. <https://huggingface.co/docs/hub/trusted-publishers>
    init(pinning grant: Grant) {
        let rows = grant.claims.map { claim in
            Row(String(decoding: claim.name, as: UTF8.self), String(decoding: claim.value, as: UTF8.self), "")
        }
        let issuer = String(decoding: grant.issuer, as: UTF8.self)
        let head = "refs/heads/"
        let isPreset = rows.allSatisfy { row in
            row.claim == "repository" || row.claim == "environment" || (row.claim == "ref" && row.value.hasPrefix(head))
        }
        guard grant.issuer.equals("https://token.actions.githubusercontent.com"), isPreset else {
            self.init(
                preset: grant.issuer.equals("https://gitlab.com") ? "GitLab" : "Custom", issuer: issuer, rows: rows)
            return
        }
        self.init(
            preset: "GitHub", issuer: issuer,
            rows: rows.map { row in
                row.claim == "ref" ? Row("branch", String(row.value.utf8.dropFirst(head.utf8.count)) ?? "", "") : row
            })
    }
}
