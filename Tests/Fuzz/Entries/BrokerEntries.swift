internal import HFMintCore
internal import HFMintTesting

private let keyText = "0123456789-0123456789-0123456789"

private let ticketKeys: TicketKeys? = {
    let manifest = try? TestPolicy.manifest(
        """
        { version: 1, serve: { origin: 'https://hub.acme.example', socket: 's', tickets: { keys: ['env:KEY'] },
          hosts: { 'hub.acme.example': { kind: 'hub' } } } }
        """)
    guard let tickets = manifest?.serve?.tickets else { return nil }
    let machine = FakeMachine(["KEY": keyText], signatures: TestSignatures())
    return try? TicketKeys(reading: tickets, folder: "/", in: machine.context)
}()

/// A ticket opens only with its code, and says what its payload says; whatever opens can be sealed and opened again.
///
/// The input is a ticket, and then the payload of one that is rightly sealed.
package func fuzzTicket(_ input: [UInt8]) {
    guard let keys = ticketKeys else { fatalError("broken property: there are keys") }
    let signatures = TestSignatures()
    if case .success(let ticket) = keys.open(Secret(copying: input), with: signatures) {
        let parts = input.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Array($0) }
        hold(parts.count == 2 && parts[1] == code(of: parts[0]), "only a sealed ticket opens")
        check(ticket, keys)
    }
    let signed = Array("hf_ticket_".utf8) + LittleBase64URL.encode(input)
    let sealed = Secret(copying: signed + Array(".".utf8) + code(of: signed))
    switch keys.open(sealed, with: signatures) {
    case .success(let ticket):
        check(ticket, input)
        check(ticket, keys)
    case .failure(let malformed):
        hold(malformed.reason.utf8.count < 200, "a reason is short")
        hold(!malformed.reason.unicodeScalars.contains(where: isTroublesome), "a reason is one line")
    }
}

/// The code in base64url, as anybody with the key makes it.
private func code(of signed: [UInt8]) -> [UInt8] {
    LittleBase64URL.encode((try? TestSignatures().hmacSHA256(signed, key: Secret(copying: keyText.utf8))) ?? [])
}

private func check(_ ticket: Ticket, _ payload: [UInt8]) {
    // The claims are one level deeper than in an ID token.
    let said = LittleJSON.read(payload, depth: 33)
    func says(_ name: String, _ text: String?) -> Bool { said?[name]?.string == text.map { Array($0.utf8) } }
    hold(says("id", ticket.id) && says("key", ticket.keyID), "a ticket has the names that it says")
    hold(says("role", ticket.role) && says("resource", ticket.resource?.canonical), "a ticket is as narrow as it says")
    hold(said?["iat"]?.integer == ticket.issuedAt.secondsSince1970, "a ticket is as old as it says")
    hold(said?["exp"]?.integer == ticket.expiresAt.secondsSince1970, "a ticket ends when it says")
    let claims = said?["claims"]
    for name in ["iss", "sub"] {
        hold(claims?[name]?.string.map { ticket.claims.equals(name, text($0)) } == true, "a ticket says whose it is")
    }
}

private func check(_ ticket: Ticket, _ keys: TicketKeys) {
    let text = try? keys.seal(
        id: ticket.id, issuedAt: ticket.issuedAt, expiresAt: ticket.expiresAt, role: ticket.role,
        resource: ticket.resource, claims: ticket.claims, with: TestSignatures())
    // Blanks between the members are not written again, so that it fits.
    guard let text else { return }
    hold(text.secret.reveal { HubToken.isWellFormed($0) }, "a ticket looks like a token")
    guard case .success(let again) = keys.open(text.secret, with: TestSignatures()) else {
        fatalError("broken property: what was sealed opens")
    }
    hold(again == ticket, "what was opened is what was sealed")
}

/// A request is taken only where a naive reader finds each of its parameters once, with the same value.
package func fuzzTokenRequest(_ input: [UInt8]) {
    check(input, .form) { name in naiveForm(input).filter { $0.name == Array(name.utf8) }.map(\.value) }
    let object = LittleJSON.read(input)
    check(input, .json) { name in object?[name]?.string.map { [$0] } ?? [] }
}

private func check(_ input: [UInt8], _ syntax: TokenParameters.Syntax, _ found: (String) -> [[UInt8]]) {
    guard let origin = Origin("https://hub.acme.example".utf8) else { return }
    do throws(Malformed) {
        let parameters = try TokenParameters(input.span, syntax)
        for name in TokenParameters.Name.allCases where name != .subjectToken {
            hold(found(name.rawValue) == (parameters[name].map { [$0] } ?? []), "a parameter is there once, or not")
        }
        check(parameters, origin, found)
    } catch {
        hold(error.reason.utf8.count < 200, "a reason is short")
        hold(!error.reason.unicodeScalars.contains(where: isTroublesome), "a reason quotes nothing")
    }
}

private func check(_ parameters: borrowing TokenParameters, _ origin: Origin, _ found: (String) -> [[UInt8]]) {
    do throws(TokenRefusal) {
        let request = try TokenExchangeRequest(parameters, to: origin)
        hold(found("subject_token") == [request.subjectToken.reveal { $0.bytes }], "the token is the one that was sent")
        hold(found("grant_type").first?.contains(text: "token-exchange") == true, "the grant type is the right one")
        let asked = found("resource").first
        hold((asked == nil) == (request.resource == nil), "nobody is given all that asked for one")
        let canonical = Array((request.resource?.canonical ?? "").utf8)
        hold(asked.map { $0.suffix(canonical.count).elementsEqual(canonical) } ?? true, "a resource is what was named")
        let role = found("role").first ?? found("scope").first
        hold(role == request.role.map { Array($0.utf8) }, "a role is the one that was named")
    } catch {
        hold(error.status == .badRequest, "what cannot be read is a bad request")
        hold(!error.words.unicodeScalars.contains(where: isTroublesome), "words are one line")
    }
}

/// The pairs of a form as a reader finds them that accepts everything.
private func naiveForm(_ input: [UInt8]) -> [(name: [UInt8], value: [UInt8])] {
    input.split(separator: UInt8(ascii: "&")).map { pair in
        let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        return (naiveDecoded(parts[0]), parts.count == 2 ? naiveDecoded(parts[1]) : [])
    }
}

private func naiveDecoded(_ word: ArraySlice<UInt8>) -> [UInt8] {
    var decoded: [UInt8] = []
    var rest = word
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(text(rest.prefix(2)), radix: 16) {
            decoded.append(value)
            rest = rest.dropFirst(2)
        } else {
            decoded.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        }
    }
    return decoded
}
