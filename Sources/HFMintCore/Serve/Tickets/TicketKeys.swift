/// The keys of tickets: the first seals, and each of them opens what it has sealed.
///
/// A ticket's text is ``Ticket/prefix``, the base64url of its payload, a full stop, and the base64url of the
/// HMAC-SHA256 (RFC 2104) of all that stands before the full stop.
package struct TicketKeys: Sendable {
    private struct Key: Sendable {
        let id: String
        let value: SharedSecret
    }

    private let keys: [Key]

    package static let leastByteCount = 32

    /// Reads the keys, of which each reference names one or more, a line each.
    ///
    /// - Parameter folder: where relative paths of the references start.
    /// - Throws: ``MintError/Code/stateUnusable`` if a key cannot be read, or has fewer than 32 bytes;
    ///   ``MintError/Code/libraryMissing``.
    package init(
        reading tickets: ServeDefinition.Tickets, folder: String, in context: Context
    ) throws(MintError) {
        var keys: [Key] = []
        for reference in tickets.keys {
            let list = try reference.readList(relativeTo: folder, in: context).secrets
            guard !list.isEmpty else {
                throw MintError(.stateUnusable, "there is no key of tickets in \(reference.source)", hint: Self.hint)
            }
            for key in list {
                guard key.secret.byteCount >= Self.leastByteCount else {
                    throw MintError(
                        .stateUnusable, "a key of tickets in \(reference.source) has \(key.secret.byteCount) bytes",
                        hint: Self.hint)
                }
                keys.append(Key(id: try context.signatures.keyID(of: key.secret), value: key))
            }
        }
        guard !keys.isEmpty else { throw MintError(.stateUnusable, "there is no key of tickets") }
        self.keys = keys
    }

    private static let hint = "a key is one line of \(leastByteCount) bytes or more: openssl rand -base64 48"

    /// The names of the keys, which say nothing of them; the first is the one that seals.
    package var ids: [String] { keys.map(\.id) }

    /// Returns the text of a new ticket.
    ///
    /// - Throws: ``MintError/Code/identityUnsuitable`` if the claims are too large for ``Ticket/byteLimit``;
    ///   ``MintError/Code/libraryMissing``.
    package func seal(
        id: String, issuedAt: Timestamp, expiresAt: Timestamp, role: String? = nil, resource: Resource? = nil,
        claims: Claims, with signatures: any Signatures
    ) throws(MintError) -> SharedSecret {
        let key = keys[0]
        let ticket = Ticket(
            id: id, keyID: key.id, issuedAt: issuedAt, expiresAt: expiresAt, role: role, resource: resource,
            claims: claims)
        let signed = Ticket.prefix + Base64URL.encode(ticket.payload)
        let code = try signatures.hmacSHA256(Array(signed.utf8), key: key.value.secret)
        let text = Secret(copying: "\(signed).\(Base64URL.encode(code))".utf8)
        guard text.byteCount <= Ticket.byteLimit else {
            throw MintError(
                .identityUnsuitable,
                "the ID token's claims have \(claims.text.bytes.count) bytes: too many for a ticket",
                hint: "have the CI system put fewer claims into its ID tokens")
        }
        return SharedSecret(text)
    }

    /// Opens a ticket that one of the keys has sealed, at whatever time.
    ///
    /// Nothing is read of a text whose code is wrong. Codes are compared in constant time.
    package func open(_ token: borrowing Secret, with signatures: any Signatures) -> Result<Ticket, Malformed> {
        do throws(Malformed) {
            return .success(try opened(token, with: signatures))
        } catch {
            return .failure(error)
        }
    }

    private func opened(_ token: borrowing Secret, with signatures: any Signatures) throws(Malformed) -> Ticket {
        guard Self.isTicket(token), token.byteCount <= Ticket.byteLimit else { throw Malformed("it is no ticket") }
        let bytes = token.reveal { $0.bytes }
        let parts = bytes.split(separator: ASCII.dot, omittingEmptySubsequences: false)
        guard parts.count == 2, let code = Base64URL.decode(Array(parts[1]).span), code.count == 32 else {
            throw Malformed("it is no ticket")
        }
        guard let keyID = try keyID(of: Secret(copying: code), over: Array(parts[0]), with: signatures) else {
            throw Malformed("none of the keys has sealed it as it is")
        }
        let encoded = Array(parts[0].dropFirst(Ticket.prefix.utf8.count))
        guard let payload = Base64URL.decode(encoded.span) else { throw Malformed("its content is not base64url") }
        let ticket = try Ticket(payload: payload)
        guard ticket.keyID.utf8.elementsEqual(keyID.utf8) else { throw Malformed("it names another key than its own") }
        return ticket
    }

    private func keyID(
        of code: borrowing Secret, over signed: [UInt8], with signatures: any Signatures
    ) throws(Malformed) -> String? {
        for key in keys {
            let right: Secret
            do throws(MintError) {
                right = Secret(copying: try signatures.hmacSHA256(signed, key: key.value.secret))
            } catch {
                throw Malformed("its code cannot be checked here")
            }
            if right.holdsSameBytes(as: code) { return key.id }
        }
        return nil
    }

    /// Whether a credential claims to be a ticket.
    package static func isTicket(_ token: borrowing Secret) -> Bool {
        token.reveal { text in
            text.count > Ticket.prefix.utf8.count && text.equals(Ticket.prefix, in: 0..<Ticket.prefix.utf8.count)
        }
    }
}
