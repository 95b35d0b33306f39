/// The keys that an issuer publishes.
///
/// As the standard asks, a key that hfmint cannot use is no error, unless a token names it.
///
/// <https://www.rfc-editor.org/rfc/rfc7517#section-5>
package struct JSONWebKeySet: Equatable, Sendable {
    private let keys: [JSONWebKey]

    /// Reads a key set.
    ///
    /// - Throws: ``Malformed`` for a text that is not a key set, for more than 100 keys, and for a private key.
    package init(_ bytes: [UInt8]) throws(Malformed) {
        let text = try JSONText(bytes, called: "the issuer's keys are")
        guard let nodes = text.root["keys"]?.elements else { throw Malformed("the issuer's keys are not a key set") }
        guard nodes.count <= 100 else { throw Malformed("the issuer has more than 100 keys") }
        guard nodes.allSatisfy({ $0.members != nil }) else { throw Malformed("one of the issuer's keys is no object") }
        // An issuer that publishes its private key has given it to everybody.
        guard !nodes.contains(where: { $0["d"] != nil }) else {
            throw Malformed("the issuer publishes a private key, so that anybody can sign in its name")
        }
        keys = nodes.map { JSONWebKey($0, in: text) }
    }

    /// Returns whether the set has a key of this name, usable or not.
    package func has(_ keyID: [UInt8]) -> Bool { keys.contains { $0.id == keyID } }

    /// Returns the one key of the name and for the algorithm that `header` says.
    package func key(for header: JOSEHeader) throws(Malformed) -> PublicKey {
        let named = keys.filter { $0.id == header.keyID }
        guard !named.isEmpty else { throw Malformed("the issuer has no key of the name that its 'kid' says") }
        let ofKind = named.filter { $0.kind.equals(header.algorithm.keyType) }
        guard let key = ofKind.first else {
            throw Malformed(
                "its 'alg' is \(header.algorithm.rawValue), and the issuer's key of that name is of another kind")
        }
        guard ofKind.count == 1 else { throw Malformed("the issuer has several keys of that name") }
        return try key.publicKey(for: header.algorithm)
    }
}

/// One key of a set (RFC 7517, 4), as the issuer publishes it.
private struct JSONWebKey: Equatable {
    let id: [UInt8]
    let kind: [UInt8]
    private let node: JSONNode
    private let text: JSONText

    init(_ node: JSONNode, in text: JSONText) {
        id = text.string(node["kid"]) ?? []
        kind = text.string(node["kty"]) ?? []
        self.node = node
        self.text = text
    }

    func publicKey(for algorithm: SignatureAlgorithm) throws(Malformed) -> PublicKey {
        if let said = node["alg"], text.string(said)?.equals(algorithm.rawValue) != true {
            throw Malformed("its 'alg' is \(algorithm.rawValue), and the issuer's key is for another algorithm")
        }
        let operations = node["key_ops"]?.elements?.map { text.string($0) ?? [] }
        let isForSignatures =
            node["use"].map { text.string($0)?.equals("sig") == true } ?? true
            && (node["key_ops"] == nil || operations?.contains { $0.equals("verify") } == true)
        guard isForSignatures else { throw Malformed("the issuer's key is not for signatures") }
        return switch algorithm {
        case .rs256: try rsa()
        case .es256: try p256()
        }
    }

    /// Reads an RSA key of at least 2,048 bits (RFC 7518, 3.3) and at most 8,192; a longer one would take seconds.
    private func rsa() throws(Malformed) -> PublicKey {
        guard let modulus = number("n"), let exponent = number("e") else {
            throw Malformed("the issuer's RSA key lacks a number")
        }
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard bits >= 2_048 else { throw Malformed("the issuer's RSA key has \(bits) bits, and 2048 are the least") }
        guard bits <= 8_192 else { throw Malformed("the issuer's RSA key has \(bits) bits, and 8192 are the most") }
        let isOdd = modulus.last.map { $0 & 1 == 1 } == true && exponent.last.map { $0 & 1 == 1 } == true
        guard isOdd, exponent.count <= 4, exponent != [1] else {
            throw Malformed("the issuer's RSA key has numbers that no RSA key has")
        }
        return .rsa(modulus: modulus, exponent: exponent)
    }

    private func p256() throws(Malformed) -> PublicKey {
        guard text.string(node["crv"])?.equals("P-256") == true else {
            throw Malformed("the issuer's key is on another curve than P-256")
        }
        guard let x = bytes("x"), let y = bytes("y"), x.count == 32, y.count == 32 else {
            throw Malformed("the issuer's key is not a point of 32 bytes each")
        }
        return .p256(x: x, y: y)
    }

    private func bytes(_ name: String) -> [UInt8]? { text.string(node[name]).flatMap { Base64URL.decode($0.span) } }

    /// Returns a number without the zeros that some issuers put in front.
    private func number(_ name: String) -> [UInt8]? {
        guard let number = bytes(name)?.drop(while: { $0 == 0 }), !number.isEmpty else { return nil }
        return Array(number)
    }
}

extension SignatureAlgorithm {
    /// The `kty` of its keys (RFC 7518, 6.1).
    fileprivate var keyType: String {
        switch self {
        case .rs256: "RSA"
        case .es256: "EC"
        }
    }
}
