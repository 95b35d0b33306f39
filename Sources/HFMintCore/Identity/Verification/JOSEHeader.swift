/// The header of an ID token that hfmint accepts.
///
/// Whoever made the token wrote the header. So it may choose one of two algorithms, and name a key that the issuer
/// publishes. It must not bring a key, or say where one is.
///
/// <https://www.rfc-editor.org/rfc/rfc7515#section-4.1>, <https://www.rfc-editor.org/rfc/rfc8725>
package struct JOSEHeader: Equatable, Sendable {
    package let algorithm: SignatureAlgorithm
    /// The name of the key, which is only compared with the names that the issuer publishes.
    package let keyID: [UInt8]

    /// Reads the first part of a token, after it was decoded.
    package init(_ json: JSONText) throws(Malformed) {
        guard json.root.members != nil else { throw Malformed("its header is not a JSON object") }
        if let name = Self.refused.first(where: { json.root[$0] != nil }) {
            throw Malformed("its header has '\(name)', and keys are taken from the issuer alone")
        }
        guard json.root.member("crit") == nil else {
            throw Malformed("its header has 'crit': something in it must be understood that hfmint does not know")
        }
        if let type = json.root["typ"] {
            let said = json.string(type)?.map(\.asciiLowercased)
            guard said.map({ $0.equals("jwt") || $0.equals("application/jwt") }) == true else {
                throw Malformed("its 'typ' says that it is something else than an ID token")
            }
        }
        algorithm = try Self.algorithm(json)
        guard let name = json.root["kid"] else { throw Malformed("its header names no key ('kid')") }
        guard let keyID = json.string(name), (1...512).contains(keyID.count) else {
            throw Malformed("its 'kid' is not the name of a key")
        }
        self.keyID = keyID
    }

    /// Members that bring a key along, or say where one is.
    private static let refused = ["jku", "jwk", "x5u", "x5c"]

    private static func algorithm(_ json: JSONText) throws(Malformed) -> SignatureAlgorithm {
        guard let node = json.root["alg"] else { throw Malformed("its header names no algorithm ('alg')") }
        guard let said = json.string(node) else { throw Malformed("its 'alg' is not a string") }
        if let algorithm = SignatureAlgorithm.allCases.first(where: { said.equals($0.rawValue) }) { return algorithm }
        guard !said.map(\.asciiLowercased).equals("none") else { throw Malformed("it is not signed (alg 'none')") }
        let shown = String(decoding: said.prefix(20), as: UTF8.self)
        throw Malformed("its 'alg' is '\(shown)', and only RS256 and ES256 are taken")
    }
}
