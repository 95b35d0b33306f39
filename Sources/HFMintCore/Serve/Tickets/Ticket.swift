/// A credential of hfmint's own: who its bearer is, as an ID token said that was verified, and what it is good for.
///
/// A ticket is worthless at the Hub. It carries no right either: the policy of the moment decides about each request
/// that comes with one, by the ticket's ``claims``. ``TicketKeys`` seals a ticket, and opens it again.
///
/// ```swift
/// let text = try keys.seal(id: id, issuedAt: now, expiresAt: now + 3_600, claims: claims, with: signatures)
/// switch keys.open(text.secret, with: signatures) {
/// case .success(let ticket): print(ticket.expiresAt)
/// case .failure(let malformed): print(malformed.reason)
/// }
/// ```
package struct Ticket: Equatable, Sendable {
    /// 128 random bits in hexadecimal.
    package let id: String
    /// The name of the key that sealed it: see ``TicketKeys/ids``.
    package let keyID: String
    package let issuedAt: Timestamp
    package let expiresAt: Timestamp
    /// The role that it is good for alone, or nil for every role that is granted.
    package let role: String?
    /// What it is good for alone, or nil for everything that is granted; see ``DecisionPoint/Caller/mayAsk(for:)``.
    package let resource: Resource?
    /// The claims of the ID token, whole.
    package let claims: Claims

    /// What every ticket begins with: `huggingface_hub` demands `hf_` of a token.
    package static let prefix = "hf_ticket_"

    /// The largest ticket in bytes.
    ///
    /// As the password of HTTP Basic, which git sends, it fits into the 8 KiB that web servers take for a header.
    package static let byteLimit = 6_000
}

extension Ticket {
    /// The payload that is sealed, as JSON on one line.
    var payload: [UInt8] {
        var members: [JSONValue.Member] = [
            .init("id", .string(id)), .init("key", .string(keyID)),
            .init("iat", .integer(issuedAt.secondsSince1970)), .init("exp", .integer(expiresAt.secondsSince1970)),
        ]
        if let role { members.append(.init("role", .string(role))) }
        if let resource { members.append(.init("resource", .string(resource.canonical))) }
        let head = JSONValue.object(members).rendered().reveal { $0.bytes }
        // The claims stand there byte by byte, so that no second writer can change what was signed.
        return head.dropLast() + Array(",\"claims\":".utf8) + claims.text.bytes + Array("}".utf8)
    }

    private static let names = ["id", "key", "iat", "exp", "role", "resource", "claims"]

    /// Claims are one level deeper in a payload than in an ID token.
    private static let limits = JSONLimits(
        byteCount: byteLimit, depth: JSONLimits.answer.depth + 1, nodeCount: JSONLimits.answer.nodeCount)

    /// Reads what ``payload`` wrote, and nothing else.
    init(payload bytes: [UInt8]) throws(Malformed) {
        let text = try JSONText(bytes, limits: Self.limits)
        guard let members = text.root.members,
            members.allSatisfy({ member in Self.names.contains { member.name.equals($0) } })
        else { throw Malformed("its content is not a ticket's") }
        guard let id = text.string(text.root["id"]), id.isHexadecimal(count: 32),
            let keyID = text.string(text.root["key"]), keyID.isHexadecimal(count: 16)
        else { throw Malformed("its id or its key's name is not hexadecimal") }
        guard let issue = text.integer(text.root["iat"]), let expiry = text.integer(text.root["exp"]),
            (0...Timestamp.lastSecond).contains(issue), (issue...Timestamp.lastSecond).contains(expiry)
        else { throw Malformed("its times are not whole seconds") }
        self.id = String(decoding: id, as: UTF8.self)
        self.keyID = String(decoding: keyID, as: UTF8.self)
        issuedAt = Timestamp(secondsSince1970: issue)
        expiresAt = Timestamp(secondsSince1970: expiry)
        role = try Self.role(text)
        resource = try Self.resource(text)
        claims = try Self.claims(text)
    }

    private static func role(_ text: JSONText) throws(Malformed) -> String? {
        guard let node = text.root.member("role") else { return nil }
        guard let name = text.string(node), !name.isEmpty else { throw Malformed("its role is not a name") }
        return String(decoding: name, as: UTF8.self)
    }

    private static func resource(_ text: JSONText) throws(Malformed) -> Resource? {
        guard let node = text.root.member("resource") else { return nil }
        guard let name = text.string(node), let resource = Resource.parse(name, endpoint: .huggingFace),
            name.equals(resource.canonical)
        else { throw Malformed("its resource is not one") }
        return resource
    }

    private static func claims(_ text: JSONText) throws(Malformed) -> Claims {
        guard let node = text.root["claims"], node.members != nil else { throw Malformed("it has no claims") }
        let claims = Claims(try JSONText(Array(text.bytes[node.range])))
        for name in ["iss", "sub"] {
            guard case .string(let value) = claims.comparable(name), !value.isEmpty else {
                throw Malformed("its claims do not say whose it is")
            }
        }
        return claims
    }
}
