/// The body that trades a job's ID token for a Hub token (RFC 8693), and what its answer must be.
///
/// This folder holds the routes of the Hub's API, one file each: the token endpoint (``PublisherExchange``,
/// ``MemberExchange``), the trials of a token (``TokenTrial``), the report of a leaked one (``LeakReport``), the
/// secrets of a Space (``SpaceSecrets``), and the front page (`FrontPage.swift`). They speak of a ``Resource`` and a
/// ``HubToken``, and a refusal is read as a ``HubRefusal``. The files build requests and read answers. Except for a
/// trial, they send nothing.
///
/// <https://huggingface.co/docs/hub/trusted-publishers>, <https://www.rfc-editor.org/rfc/rfc8693>
package enum PublisherExchange {
    /// Returns the body with the four fields that the Hub requires.
    ///
    /// - Parameter idToken: three base64url parts with dots between them, which need no JSON escapes, as a canonical
    ///   ``Resource`` needs none.
    package static func body(_ idToken: borrowing Secret, for resource: Resource) -> HTTPBody {
        let before = """
            {"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange",\
            "subject_token_type":"urn:ietf:params:oauth:token-type:id_token",\
            "resource":"\(resource.canonical)","subject_token":"
            """
        return .json(idToken.enclosed(by: before, and: "\"}"))
    }

    /// Reads the body of a 200: returns `nil` unless it holds a bearer token with a lifetime, checked byte by byte.
    package static func answer(_ body: borrowing Secret) -> TokenResponse? {
        body.reveal { text in
            guard let root = try? readJSON(text, limits: .answer),
                let type = root["token_type"]?.string(in: text),
                type.map(\.asciiLowercased).equals("bearer"),
                let lifetime = root["expires_in"]?.integer(in: text), (1...2_592_000).contains(lifetime),
                let token = root["access_token"]?.secret(in: text),
                token.reveal({ HubToken.isWellFormed($0) })
            else { return nil }
            return TokenResponse(token: token, lifetimeSeconds: lifetime)
        }
    }
}
