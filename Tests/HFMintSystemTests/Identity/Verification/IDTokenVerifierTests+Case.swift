import HFMintCore
import HFMintTesting
import Testing

extension IDTokenVerifierTests {
    /// An ID token before a verifier whose world is one issuer.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let make: @Sendable () throws -> String
        var keys = Forge.set(Forge.rsaKey, Forge.ecKey)
        /// How the message goes on after "the ID token is not believed: "; `nil` where the token is believed.
        let refusal: String?

        var testDescription: String { name }

        init(
            _ name: String, keys: String = Forge.set(Forge.rsaKey, Forge.ecKey), refusal: String?,
            _ make: @escaping @Sendable () throws -> String
        ) {
            self.name = name
            self.make = make
            self.keys = keys
            self.refusal = refusal
        }

        /// Rightly signed, with another header.
        static func header(_ name: String, _ header: String, _ refusal: String?) -> Case {
            Case(name, refusal: refusal) { try Forge.signed(.rs256, header: header) }
        }

        /// Rightly signed, with other claims.
        static func claims(_ name: String, _ claims: String, _ refusal: String?) -> Case {
            Case(name, refusal: refusal) { try Forge.signed(.rs256, claims: claims) }
        }

        /// Rightly signed and named, under another set of keys.
        static func keys(
            _ name: String, _ keys: String, _ refusal: String?, _ algorithm: SignatureAlgorithm = .rs256
        ) -> Case {
            Case(name, keys: keys, refusal: refusal) { try Forge.signed(algorithm) }
        }

        /// With this signature, in place of the right one.
        static func signature(_ name: String, _ signature: [UInt8], _ refusal: String) -> Case {
            Case(name, refusal: refusal) {
                let right = try Forge.signed(.es256)
                return right.split(separator: ".").dropLast().joined(separator: ".") + "." + base64URL(signature)
            }
        }
    }
}
