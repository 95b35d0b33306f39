/// What a reader of a manifest should know about one of its roles or grants.
package struct AccessConcern: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// More may take it, or it opens more, than a role should.
        case wide = "over-wide"
        /// No ID token can ever fit.
        case never = "can-never-match"
        /// It changes nothing.
        case unused = "without-effect"

        /// For people.
        package var title: String {
            switch self {
            case .wide: "over-wide"
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
    /// In the order of the manifests: roles first, then grants.
    package var concerns: [AccessConcern] { policies.flatMap { $0.roleConcerns + $0.grantConcerns } }
}

extension Policy {
    fileprivate var roleConcerns: [AccessConcern] {
        let granted = Set(grants.map { Array($0.role.utf8) })
        return roles.flatMap { role -> [AccessConcern] in
            var concerns: [AccessConcern] = []
            func note(_ kind: AccessConcern.Kind, _ reason: String) {
                concerns.append(AccessConcern(kind: kind, place: role.place, label: role.place.path, reason: reason))
            }
            for pattern in role.patterns where pattern.literal == nil {
                note(
                    .wide,
                    "'\(pattern.text)' is every \(pattern.kind.rawValue) of \(pattern.namespace), also later ones")
            }
            if let member = role.member, role.access == .write {
                note(.wide, "writes as \(member.email) wherever that member may write in the organization")
            }
            if !granted.contains(Array(role.name.utf8)) { note(.unused, "no grant gives it to anybody") }
            return concerns
        }
    }

    fileprivate var grantConcerns: [AccessConcern] {
        // A role is one more claim here: only grants of one role can stand in each other's way.
        let sets = grants.map { $0.identity + [Grant.Claim(name: [], value: Array($0.role.utf8))] }
        let index = ClaimIndex(sets)
        return grants.enumerated().flatMap { place, grant -> [AccessConcern] in
            var concerns: [AccessConcern] = []
            func note(_ kind: AccessConcern.Kind, _ reason: String) {
                concerns.append(AccessConcern(kind: kind, place: grant.place, label: grant.label, reason: reason))
            }
            if let reason = grant.wideness { note(.wide, reason) }
            for reason in grant.impossibilities { note(.never, reason) }
            if let earlier = index.firstSubset(of: sets[place], where: { $0 < place }) {
                note(.unused, "\(grants[earlier].label) gives the role to all whom this one means")
            }
            return concerns
        }
    }
}

extension Grant {
    private func value(_ name: String) -> String? {
        claims.first { $0.name.equals(name) }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    /// Why more jobs may take the role than its author may have meant.
    fileprivate var wideness: String? {
        let names = claims.map { String(decoding: $0.name, as: UTF8.self) }
        if names.allSatisfy({ WideClaims.contains($0) }) {
            return "\(names.joined(separator: " and ")) alone: every workflow on every branch of it may take the role"
        }
        if let event = value("event_name"), ["pull_request_target", "issue_comment", "workflow_run"].contains(event) {
            return "strangers can cause the event '\(event)'"
        }
        return nil
    }

    /// Why no ID token can ever fit; several reasons may hold.
    fileprivate var impossibilities: [String] {
        claims.flatMap { $0.impossibilities } + issuerImpossibilities + GitHubSubject(self).contradictions
    }

    private var issuerImpossibilities: [String] {
        let text = String(decoding: issuer, as: UTF8.self)
        let known = ["https://token.actions.githubusercontent.com", "https://gitlab.com"]
        guard let meant = known.first(where: { text.utf8.elementsEqual("\($0)/".utf8) }) else { return platform }
        return ["the issuer has no slash at its end: '\(meant)'"]
    }

    /// What these two platforms never say.
    ///
    /// <https://docs.github.com/en/actions/reference/security/oidc>, <https://docs.gitlab.com/ci/secrets/id_token_authentication/>
    private var platform: [String] {
        switch true {
        case issuer.equals("https://token.actions.githubusercontent.com"):
            [
                value("ref").flatMap { ref in
                    ref.utf8.starts(with: "refs/".utf8)
                        ? nil : "GitHub writes 'ref' in full: 'refs/heads/\(ref)' for a branch"
                },
                value("branch").map { "'branch' is a word of the Hub's form, not a claim: ref=refs/heads/\($0)" },
            ].compactMap(\.self)
        case issuer.equals("https://gitlab.com"):
            value("ref").map { ref in
                ref.utf8.starts(with: "refs/".utf8)
                    ? ["GitLab's 'ref' is the bare name; 'ref_path' is the full one"] : []
            } ?? []
        default: []
        }
    }
}

extension Grant.Claim {
    fileprivate var impossibilities: [String] {
        let name = String(decoding: name, as: UTF8.self)
        var reasons: [String] = []
        if ["exp", "iat", "nbf", "jti"].contains(name) { reasons.append("'\(name)' is another in every ID token") }
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

/// What GitHub's `sub` says of repository, branch and environment, and whether other claims say otherwise.
private struct GitHubSubject {
    private let grant: Grant

    init(_ grant: Grant) {
        self.grant = grant
    }

    /// GitHub's own examples say the same.
    ///
    /// <https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims>
    var contradictions: [String] {
        guard grant.issuer.equals("https://token.actions.githubusercontent.com"), let subject = bytes("sub"),
            subject.starts(with: "repo:".utf8)
        else { return [] }
        let rest = Array(subject.dropFirst(5))
        return [
            ("repository", { rest.starts(with: $0 + [ASCII.colon]) }),
            (
                "environment",
                { environment in
                    let end = Array(":environment:".utf8) + environment
                    return rest.suffix(end.count).elementsEqual(end)
                }
            ),
        ].compactMap { (claim: String, agrees: ([UInt8]) -> Bool) in
            guard let wanted = bytes(claim), !agrees(wanted), !isImmutable(rest) else { return nil }
            return "'sub' and '\(claim)' contradict each other"
        }
    }

    /// With numbers of owner and repository in it, as in repositories made since 15 July 2026.
    private func isImmutable(_ subject: [UInt8]) -> Bool { subject.contains(UInt8(ascii: "@")) }

    private func bytes(_ name: String) -> [UInt8]? { grant.claims.first { $0.name.equals(name) }?.value }
}
