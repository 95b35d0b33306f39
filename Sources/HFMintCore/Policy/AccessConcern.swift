/// A concern about a role or grant that a reader of the manifest should know.
package struct AccessConcern: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// More jobs may take the role than its author may have meant, or the role opens more.
        case wide = "over-wide"
        /// The grant uses a name that somebody else can have later.
        case renamable = "by-name"
        /// No ID token can ever fit.
        case never = "can-never-match"
        /// The role or grant has no effect.
        case unused = "without-effect"

        /// The kind in words for people.
        package var title: String {
            switch self {
            case .wide: "over-wide"
            case .renamable: "by a name that can change hands"
            case .never: "can never match"
            case .unused: "without effect"
            }
        }
    }

    package let kind: Kind
    package let place: ManifestPlace
    /// `grants[3] (production)`, or `roles.publisher`.
    package let label: String
    /// A clause, lower case, without a full stop; not yet escaped.
    package let reason: String
}

extension AccessGraph {
    /// The concerns about every manifest, in their order: roles first, then grants.
    package var concerns: [AccessConcern] { policies.flatMap { $0.roleConcerns + $0.grantConcerns } }
}

extension Policy {
    fileprivate var roleConcerns: [AccessConcern] {
        let granted = Set(grants.map { Array($0.role.utf8) })
        return roles.flatMap { role in
            let many = role.patterns.filter { $0.literal == nil }
            var concerns: [(AccessConcern.Kind, String)] = many.map { pattern in
                (.wide, "'\(pattern.text)' is every \(pattern.kind.rawValue) of \(pattern.namespace), also later ones")
            }
            if let member = role.member, role.access >= .write {
                let verb = role.access.verb
                concerns.append(
                    (.wide, "\(verb)s as \(member.email) wherever that member may \(verb) in the organization"))
            }
            if !granted.contains(Array(role.name.utf8)) { concerns.append((.unused, "no grant gives it to anybody")) }
            return concerns.map { AccessConcern(kind: $0, place: role.place, label: role.place.path, reason: $1) }
        }
    }

    fileprivate var grantConcerns: [AccessConcern] {
        // The role counts as a claim, because only grants of the same role can make each other useless.
        let sets = grants.map { $0.identity + [Grant.Claim(name: [], value: Array($0.role.utf8))] }
        let index = ClaimIndex(sets)
        return grants.enumerated().flatMap { position, grant in
            var concerns = grant.concerns
            if let earlier = index.firstSubset(of: sets[position], where: { $0 < position }) {
                concerns.append((.unused, "\(grants[earlier].label) gives the role to all whom this one means"))
            }
            return concerns.map { AccessConcern(kind: $0, place: grant.place, label: grant.label, reason: $1) }
        }
    }
}

extension Grant {
    private func value(_ name: String) -> String? {
        claims.first { $0.name.equals(name) }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    private var names: [String] { claims.map { String(decoding: $0.name, as: UTF8.self) } }

    /// The concerns about the grant's claims.
    fileprivate var concerns: [(AccessConcern.Kind, String)] {
        let (known, isItsIssuer) = ProviderClaims.known(issuer: String(decoding: issuer, as: UTF8.self), value)
        return wideness(known, isItsIssuer).map { (.wide, $0) } + renames(known).map { (.renamable, $0) }
            + impossibilities(known, isItsIssuer).map { (.never, $0) }
    }

    /// Returns why more jobs may take the role than its author may have meant.
    private func wideness(_ known: ProviderClaims, _ isItsIssuer: Bool) -> [String] {
        var reasons: [String] = []
        if names.allSatisfy({ WideClaims.contains($0) }) {
            reasons.append(
                "\(names.joined(separator: " and ")) alone: every workflow on every branch of it may take the role")
        }
        if isItsIssuer, !known.owners.isEmpty, known.owners.allSatisfy({ value($0) == nil }) {
            reasons.append(
                "no claim says whose job it is, so that anybody's at this issuer may take the role: add \(known.owners[0])"
            )
        }
        if let events = known.events, let event = value(events.claim), events.isOpen(event) {
            reasons.append("strangers can cause the event '\(event)'")
        }
        let loose = isItsIssuer ? known.looseClaims : known.looseClaims + ProviderClaims.looseAtUnknownIssuer
        return reasons + loose.compactMap { $0.reason(in: value) }
    }

    /// Returns a reason if a claim holds a name that others may have later, and no claim holds its number.
    private func renames(_ known: ProviderClaims) -> [String] {
        let name = known.renameableClaims.first { name in
            (value(name.claim).map(name.isName) ?? false) && name.numbers.allSatisfy { value($0) == nil }
        }
        return name.map { ["'\($0.claim)' is a name, which a rename sets free for others: add \($0.numbers[0])"] } ?? []
    }

    /// Returns the reasons why no ID token can ever fit.
    private func impossibilities(_ known: ProviderClaims, _ isItsIssuer: Bool) -> [String] {
        let text = String(decoding: issuer, as: UTF8.self)
        let withoutSlash = text.hasEnd("/") ? String(decoding: issuer.dropLast(), as: UTF8.self) : nil
        let slash = withoutSlash.flatMap { meant in
            allProviders.contains { $0.claims.issuers.contains { $0.utf8.elementsEqual(meant.utf8) } }
                ? "the issuer has no slash at its end: '\(meant)'" : nil
        }
        return claims.flatMap { $0.impossibilities } + (slash.map { [$0] } ?? [])
            + (isItsIssuer ? known.impossibilities(value) : [])
    }
}

extension Grant.Claim {
    fileprivate var impossibilities: [String] {
        let name = String(decoding: name, as: UTF8.self)
        var reasons: [String] = []
        if ProviderClaims.changing.contains(name) { reasons.append("'\(name)' is another in every ID token") }
        if value.contains(UInt8(ascii: "*")) {
            reasons.append("'\(name)' is compared byte by byte: '*' stands for itself")
        }
        let blanks = [ASCII.space, ASCII.tab]
        if [value.first, value.last].contains(where: { $0.map(blanks.contains) ?? false }) {
            reasons.append("'\(name)' begins or ends with a space")
        }
        return reasons
    }
}

/// The claims that all jobs of a repository, an owner or a server share.
///
/// A grant or a publisher of these alone admits every branch and workflow.
package enum WideClaims {
    private static let names = Set(
        (["iss", "aud"] + allProviders.flatMap(\.claims.shared)).map { Array($0.utf8) })

    package static func contains(_ name: String) -> Bool { names.contains(Array(name.utf8)) }
}
