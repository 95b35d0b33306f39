/// The metadata of an issuer, which say where its keys are.
///
/// <https://openid.net/specs/openid-connect-discovery-1_0.html>
package struct IssuerMetadata: Equatable, Sendable {
    package let keysURL: HTTPURL

    /// Returns the address of the metadata of `issuer`.
    ///
    /// - Parameter issuer: https, or http to this machine; without a query.
    package static func url(of issuer: [UInt8]) throws(Malformed) -> HTTPURL {
        let text = String(decoding: issuer, as: UTF8.self)
        guard let url = HTTPURL(text), url.isConfidential, !issuer.contains(UInt8(ascii: "?")),
            !issuer.contains(UInt8(ascii: "%"))
        else {
            let reason = Origin.complaint(about: text).map { "its issuer \($0)" }
            throw Malformed(reason ?? "its issuer is no https URL whose keys could be asked for")
        }
        // The standard removes one slash at the end, and no more: the rest belongs to the name of the issuer.
        let path = url.target.utf8.last == ASCII.slash ? String(Substring(url.target.utf8.dropLast())) : url.target
        return HTTPURL(url.origin, "\(path)/.well-known/openid-configuration")
    }

    /// Reads the document from `issuer`.
    ///
    /// - Throws: ``Malformed`` if it names another issuer, byte for byte, or keys at an address that is not allowed.
    package init(_ bytes: [UInt8], of issuer: [UInt8]) throws(Malformed) {
        let text = try JSONText(bytes, called: "the issuer's discovery document is")
        guard text.string(text.root["issuer"]) == issuer else {
            throw Malformed("the issuer's discovery document is about another issuer")
        }
        guard let address = text.string(text.root["jwks_uri"]),
            let url = HTTPURL(String(decoding: address, as: UTF8.self))
        else { throw Malformed("the issuer's discovery document does not say where its keys are ('jwks_uri')") }
        let isIssuerHere = HTTPURL(String(decoding: issuer, as: UTF8.self))?.origin.isLoopback == true
        guard url.isConfidential, isIssuerHere || !url.origin.isLoopback else {
            throw Malformed("the issuer's keys are not at an https URL of another machine")
        }
        keysURL = url
    }
}

extension JSONText {
    /// Reads a document of an issuer, and begins its error with `subject`: "the issuer's keys are".
    init(_ bytes: [UInt8], called subject: String) throws(Malformed) {
        do throws(Malformed) {
            try self.init(bytes)
        } catch {
            throw Malformed("\(subject) not JSON: \(error.reason)")
        }
    }
}
