/// What a caller may be given.
extension Broker {
    /// Returns the roles that the claims may take and that reach what is asked for, each with its grant, at least one.
    ///
    /// Only a caller whose ID token is known to be genuine, without a request to anybody, is told in which claims the
    /// nearest grant differs: strangers do not learn what grants want.
    func admitted(
        _ idToken: borrowing IDToken, _ question: Question, by policy: Policy, believing verifier: IDTokenVerifier
    ) throws(TokenRefusal) -> [Decision.Allowed] {
        let (allowed, denied) = policy.decide(
            among: { role in
                (question.role.map { $0.utf8.elementsEqual(role.name.utf8) } ?? true)
                    && role.reaches(question.resource)
            }, claims: question.claims)
        guard let denied else { return allowed }
        let code = denied.reason.code.rawValue
        guard verifier.isBelieved(idToken) else {
            throw TokenRefusal(
                .badRequest, .invalidGrant, code, denied.reason.sentenceForStrangers, record: denied.words)
        }
        throw TokenRefusal(.badRequest, .invalidGrant, code, denied.words)
    }

    /// Returns the credential whose token is handed out: of the strongest role, and no stronger than what is granted.
    ///
    /// A token in other hands opens all that its credential opens, so all of that must be granted.
    func credential(
        for resource: Resource?, of roles: [Role], in definition: ServeDefinition
    ) throws(TokenRefusal) -> ServeDefinition.Credential {
        guard let resource else {
            throw TokenRefusal(
                .badRequest, .invalidRequest, "request-malformed",
                "'resource' is missing: a token of the Hub is for one repository")
        }
        func isGranted(_ credential: ServeDefinition.Credential) -> Bool {
            let strong = roles.filter { $0.access >= credential.right }
            return credential.patterns.allSatisfy { pattern in
                strong.contains { $0.patterns.contains { $0.covers(pattern) } }
            }
        }
        let rights = Set(roles.map(\.access)).sorted(by: >)
        for right in rights {
            let found = definition.credentials.first { credential in
                credential.right == right && credential.covers(resource) && isGranted(credential)
            }
            if let found { return found }
        }
        throw TokenRefusal(
            .badRequest, .invalidGrant, RequestDecision.Code.noCredential.rawValue,
            "'\(resource.canonical)' is granted, and each of the manifest's credentials opens less of it, or more")
    }
}

extension Role {
    /// Whether the role is of use for `resource`: it covers it, or something that the user or organization owns, or
    /// anything if nothing is named.
    fileprivate func reaches(_ resource: Resource?) -> Bool {
        guard let resource else { return !patterns.isEmpty }
        guard resource.kind == .user else { return covers(resource) }
        return patterns.contains { $0.namespace.utf8.elementsEqual(resource.namespace.utf8) }
    }
}

extension Decision.Reason {
    /// The code in the words of everybody, which says no more than the code.
    fileprivate var sentenceForStrangers: String {
        switch self {
        case .notCovered: "no role covers what is asked for"
        case .accessTooLow: "no role that covers it may do as much"
        case .notGranted: "no grant gives it to anybody"
        case .otherClaims: "no grant fits the ID token's claims; the record of this request says which claim differs"
        }
    }
}

extension Decision.Denied {
    /// Why, with the claims in which the nearest grant differs.
    fileprivate var words: String {
        guard reason == .otherClaims else { return reason.sentenceForStrangers }
        return differences.map { difference in
            let claim = String(decoding: difference.claim, as: UTF8.self)
            let wanted = String(decoding: difference.wanted, as: UTF8.self)
            return "\(claim) must be '\(wanted)', and the ID token \(difference.foundForMessage)"
        }.joined(separator: "; ")
    }
}
