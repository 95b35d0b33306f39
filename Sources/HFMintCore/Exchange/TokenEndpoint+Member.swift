extension TokenEndpoint {
    /// Asks the Hub once for a token of `member`, with the client's present id and secret.
    ///
    /// - Parameter claims: the claims of the ID token that the manifest admitted; `nil` without an ID token.
    func token(of member: OrganizationMember, remembering claims: Claims?) throws(MintError) -> HubToken {
        let (id, secret) = try client(of: member)
        let sentAt = context.clock.now()
        let response = try send(
            MemberExchange.credential(clientID: id, secret: secret.secret),
            MemberExchange.body(email: member.email, scopes: member.scopes))
        guard (200...299).contains(response.status) else {
            try checkTrouble(response, safeBecause: "")
            throw MemberRefusal(
                response, member: member, clientID: id, secret: secret.secret, endpoint: authority.endpoint
            ).error
        }
        guard response.status == 200, let answer = MemberExchange.answer(response.body) else {
            throw notAToken(response.status, isPage: response.body.looksLikePage)
        }
        try check(MemberExchange.scopes(in: response.body), of: member)
        return try token(answer, sentAt: sentAt, claims: claims, requestID: response.header("x-request-id"))
    }

    private func client(of member: OrganizationMember) throws(MintError) -> (id: String, secret: SharedSecret) {
        try authority.checkClientSecret()
        return (try member.client.readID(in: context), SharedSecret(try member.client.readSecret(in: context)))
    }

    /// Refuses a token with more scopes than requested, and notes missing ones.
    private func check(_ scopes: MemberExchange.Scopes, of member: OrganizationMember) throws(MintError) {
        guard case .said(let said) = scopes else { return }
        let surplus = MemberExchange.surplus(said, requested: member.scopes)
        guard surplus.isEmpty else {
            throw MintError(
                .scopesExceeded,
                "\(authority.endpoint.host) gave a token with scopes that nobody asked for"
                    + " (\(surplus.joined(separator: " "))); nothing was written",
                hint: "ask for them too, or take them away from the application")
        }
        let missing = member.scopes.filter { !said.contains($0) }
        if !missing.isEmpty {
            context.note("\(authority.endpoint.host) gave a token without \(missing.joined(separator: " "))")
        }
    }
}
