extension Exchanger {
    /// Asks the Hub once for a token of `member`, with the client's id and secret as they are now.
    ///
    /// - Parameter claims: of the ID token that a manifest's role was given for; `nil` where there is none.
    func exchange(for member: OrganizationMember, claims: Claims?) throws(TryFailure) -> HubToken {
        let (id, secret) = try client(of: member)
        let sentAt = context.clock.now()
        let response = try send(
            MemberExchange.credential(clientID: id, secret: secret.secret), MemberExchange.body(member))
        guard (200...299).contains(response.status) else {
            if let trouble = trouble(response, safeBecause: "") { throw trouble }
            throw TryFailure(
                MemberRefusal(
                    response, member: member, clientID: id, secret: secret.secret, endpoint: authority.endpoint
                ).error)
        }
        guard response.status == 200, let answer = MemberExchange.answer(response.body) else {
            throw notAToken(response.status, isPage: response.body.looksLikePage)
        }
        try check(MemberExchange.scopes(in: response.body), of: member)
        return try token(answer, sentAt: sentAt, claims: claims, requestID: response.header("x-request-id"))
    }

    /// Lets an ID token pass only if hfmint itself could verify it, with the keys of the issuer of the grant that fits.
    func verify(
        _ idToken: borrowing IDToken, for allowed: Decision.Allowed, whenever: Bool = false
    ) throws(TryFailure) {
        try IDTokenVerifier(
            issuer: allowed.grant.issuer, audience: authority.audience, keys: issuerKeys, context: context
        ).verify(idToken, whenever: whenever) { limits }
    }

    private func client(of member: OrganizationMember) throws(TryFailure) -> (id: String, secret: SharedSecret) {
        do throws(MintError) {
            try authority.checkClientSecret()
            return (try member.client.readID(in: context), SharedSecret(try member.client.readSecret(in: context)))
        } catch {
            throw TryFailure(error)
        }
    }

    /// More than was asked for is never handed on; less is said.
    private func check(_ scopes: MemberExchange.Scopes, of member: OrganizationMember) throws(TryFailure) {
        guard case .said(let said) = scopes else { return }
        let surplus = MemberExchange.surplus(said, asked: member.scopes)
        guard surplus.isEmpty else {
            throw TryFailure(
                MintError(
                    .scopesExceeded,
                    "\(authority.endpoint.host) gave a token with scopes that nobody asked for"
                        + " (\(surplus.joined(separator: " "))); nothing was written",
                    hint: "ask for them too, or take them away from the application"))
        }
        let missing = member.scopes.filter { !said.contains($0) }
        if !missing.isEmpty {
            context.note("\(authority.endpoint.host) gave a token without \(missing.joined(separator: " "))")
        }
    }
}

extension OrganizationMember {
    /// Whom a role names, with the least scopes that its access needs.
    ///
    /// <https://huggingface.co/docs/hub/oauth#currently-supported-scopes>
    package init(_ member: Role.Member, access: Access) throws(MintError) {
        let client = OrganizationClient(id: member.clientID, secret: member.clientSecret, folder: member.folder)
        try self.init(email: member.email, client: client, scopes: access.scopes)
    }
}

extension Access {
    /// The least that an organization's client asks for.
    package var scopes: [String] {
        switch self {
        case .read: ["read-repos"]
        case .write: ["write-repos"]
        }
    }
}

extension Gate {
    /// The member of the role that was asked for; `nil` for a role of resources, and where the grants say the role.
    package func member() throws(MintError) -> OrganizationMember? {
        guard let role = role.flatMap({ policy.role($0) }), let member = role.member else { return nil }
        return try OrganizationMember(member, access: role.access)
    }

    /// The ids of the clients that a member's role may ask with: those in the manifest itself are in its digest.
    func memberClientIDs(in context: Context) -> [String] {
        let roles = role.map { name in policy.role(name).map { [$0] } ?? [] } ?? policy.roles
        return roles.compactMap(\.member).map { member in
            if case .command = member.clientID { return "" }
            let client = OrganizationClient(id: member.clientID, secret: member.clientSecret, folder: member.folder)
            return (try? client.readID(in: context)) ?? ""
        }
    }
}
