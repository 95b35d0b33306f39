/// What is attacked: a front door, and the names that the attacks ask for.
package struct ProbeSubject: Sendable {
    package let front: Origin
    /// A name that no user and no organization has, so that nothing can be lost under it.
    package let stranger: String
    /// A repository that the ticket, or anybody, may read.
    package let allowed: Resource?
    package let hasTicket: Bool
    /// Whether ``allowed`` may be read without a credential.
    package let isOpen: Bool
    package let tokens: ForgedTokens

    package init(
        front: Origin, stranger: String, allowed: Resource? = nil, hasTicket: Bool = false, isOpen: Bool = false,
        tokens: ForgedTokens
    ) {
        self.front = front
        self.stranger = stranger
        self.allowed = allowed
        self.hasTicket = hasTicket
        self.isOpen = isOpen
        self.tokens = tokens
    }

    /// A repository that does not exist.
    var absent: Resource { Resource(kind: .model, namespace: stranger, name: stranger) }

    /// The repository that is asked for in forms that nobody may use: only the form is wrong, if there is one to read.
    var known: Resource { allowed ?? absent }

    /// The repository that is asked for with credentials that are worth nothing.
    var closed: Resource { isOpen ? absent : known }
}

extension Resource {
    /// The path of the repository in the Hub's API, or nil for a kind that has none there.
    package var apiPath: String? {
        switch kind {
        case .model, .dataset, .space: "/api/\(kind.rawValue)s/\(namespace)/\(name)"
        case .kernel, .bucket, .user: nil
        }
    }
}

/// ID tokens that no issuer signed, with the claims that a grant asks for.
package struct ForgedTokens: Sendable {
    package let issuer: String
    /// The claims beside `iss`, `aud` and the times.
    package let claims: [(name: String, value: String)]
    package let audience: String
    package let now: Timestamp

    /// - Parameter grant: whose issuer and claims are forged; without one the issuer is one that nobody has.
    package init(like grant: Grant?, audience: Origin, now: Timestamp) {
        issuer = grant.map { String(decoding: $0.issuer, as: UTF8.self) } ?? "https://issuer.invalid"
        claims =
            grant?.claims.map { (String(decoding: $0.name, as: UTF8.self), String(decoding: $0.value, as: UTF8.self)) }
            ?? []
        self.audience = audience.description
        self.now = now
    }

    /// Returns a token whose signature is nonsense.
    ///
    /// - Parameters:
    ///   - header: the members of its header.
    ///   - changes: claims that replace those of the same name.
    ///   - extra: claims that stand at the end, even if their name is taken.
    func token(
        _ header: [JSONValue.Member] = [JSONValue.Member("alg", "RS256"), JSONValue.Member("kid", "hfmint-probe")],
        changing changes: [JSONValue.Member] = [], adding extra: [JSONValue.Member] = [], signature: String? = nil
    ) -> String {
        let second = now.secondsSince1970
        var payload = [
            JSONValue.Member("iss", .string(issuer)), JSONValue.Member("aud", .string(audience)),
            JSONValue.Member("sub", "hfmint-probe"), JSONValue.Member("jti", .string("hfmint-probe-\(second)")),
            JSONValue.Member("iat", .integer(second)), JSONValue.Member("nbf", .integer(second)),
            JSONValue.Member("exp", .integer(second + 300)),
        ]
        let forged = claims.map { JSONValue.Member($0.name, .string($0.value)) } + changes
        for claim in forged {
            payload.removeAll { $0.name.utf8.elementsEqual(claim.name.utf8) }
            payload.append(claim)
        }
        let parts = [JSONValue.object(header), .object(payload + extra)].map { part in
            Base64URL.encode(part.rendered().reveal { $0.bytes })
        }
        return (parts + [signature ?? Base64URL.encode(Array(repeating: 0x5A, count: 256))]).joined(separator: ".")
    }

    /// A token of the Hub that the Hub never gave: the name in it is how an echo is told from a leak.
    static let hubToken = "hf_" + mark + String(repeating: "x", count: 34 - mark.utf8.count)

    /// A ticket that is signed with nothing.
    var ticket: String {
        let payload: JSONValue = [
            "jti": "00000000000000000000000000000000", "iat": .integer(now.secondsSince1970),
            "exp": .integer(now.secondsSince1970 + 300), "role": "admin", "iss": .string(issuer),
            "sub": .string(Self.mark),
        ]
        let text = Base64URL.encode(payload.rendered().reveal { $0.bytes })
        return "\(Ticket.prefix)\(text).\(Base64URL.encode(Array(repeating: 0x5A, count: 32)))"
    }

    static let mark = "hfmintprobe"
}
