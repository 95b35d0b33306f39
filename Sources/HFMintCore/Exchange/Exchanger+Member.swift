extension Exchanger {
    /// Asks the Hub once for a token of ``member``, with the application's id and secret as they are now.
    func exchangeForMember() throws(TryFailure) -> HubToken {
        guard let member else { throw TryFailure(.nothingToTrade) }
        let id = try reading { () throws(MintError) in
            try authority.checkClientSecret()
            return try member.client.readID(in: context)
        }
        let secret = try readSecret(of: member.client)
        let sentAt = context.clock.now()
        let response = try send(
            MemberExchange.credential(clientID: id, secret: secret), MemberExchange.body(member))
        guard (200...299).contains(response.status) else {
            if let trouble = trouble(response, safeBecause: "") { throw trouble }
            throw TryFailure(
                MemberRefusal(response, member: member, secret: secret, endpoint: authority.endpoint).error)
        }
        guard response.status == 200, let answer = MemberExchange.answer(response.body) else {
            throw notAToken(response.status)
        }
        try check(MemberExchange.scopes(in: response.body), of: member)
        return try token(answer, sentAt: sentAt)
    }

    private func reading<Result>(_ body: () throws(MintError) -> Result) throws(TryFailure) -> Result {
        do throws(MintError) {
            return try body()
        } catch {
            throw TryFailure(error)
        }
    }

    private func readSecret(of client: OrganizationClient) throws(TryFailure) -> Secret {
        do throws(MintError) {
            return try client.readSecret(in: context)
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
                    .answerInvalid,
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
