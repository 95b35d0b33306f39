/// The Hub's token exchange (RFC 8693): what is sent, and what an answer must be.
///
/// <https://huggingface.co/docs/hub/trusted-publishers>, <https://www.rfc-editor.org/rfc/rfc8693>
package enum TokenExchange {
    package static func request(to endpoint: Origin) -> HTTPRequest {
        HTTPRequest(
            .post, HTTPURL(endpoint, "/oauth/token"), headers: [HTTPHeader("Accept", "application/json")])
    }

    /// The four fields that the Hub requires.
    ///
    /// - Parameter idToken: three base64url parts with dots between them: like a canonical ``Resource``, it needs no
    ///   JSON escapes.
    package static func body(_ idToken: borrowing Secret, for resource: Resource) -> HTTPBody {
        let before = """
            {"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange",\
            "subject_token_type":"urn:ietf:params:oauth:token-type:id_token",\
            "resource":"\(resource.canonical)","subject_token":"
            """
        return .json(idToken.enclosed(by: before, and: "\"}"))
    }

    /// Reads a 200: `nil` unless it is a bearer token with a lifetime, byte by byte.
    package static func answer(_ body: borrowing Secret) -> Answer? {
        body.reveal { text in
            guard let root = try? readJSON(text, limits: .answer),
                let type = root["token_type"]?.string(in: text),
                type.map(\.asciiLowercased).equals("bearer"),
                let lifetime = root["expires_in"]?.integer(in: text), (1...2_592_000).contains(lifetime),
                let token = root["access_token"]?.secret(in: text),
                token.reveal({ HubToken.isWellFormed($0) })
            else { return nil }
            return Answer(token: token, lifetimeSeconds: lifetime)
        }
    }

    package struct Answer: ~Copyable {
        package let token: Secret
        package let lifetimeSeconds: Int
    }
}
