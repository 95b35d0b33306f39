/// The Hub's token exchange (RFC 8693): the request, and what its answer must be.
///
/// It is the first file of the room of the Hub's own words, one file for each of its routes: the exchange for a job
/// (here) and for an organization's member (`MemberExchange.swift`), the trials of a token (`AuthCheck.swift`,
/// `WhoAmI.swift`, `TokenTrial.swift`), the report of a leaked one (`LeakReport.swift`), the secrets of a Space
/// (`SpaceSecrets.swift`), and the front page. The others read what the Hub speaks of: a ``Resource``, a ``HubToken``,
/// and the words of a refusal (``HubRefusal``).
///
/// The files build requests and read answers. Except for a trial, they send nothing; they decide and keep nothing.
///
/// <https://huggingface.co/docs/hub/trusted-publishers>, <https://www.rfc-editor.org/rfc/rfc8693>
package enum TokenExchange {
    package static func request(to endpoint: Origin) -> HTTPRequest {
        HTTPRequest(
            .post, HTTPURL(endpoint, "/oauth/token"), headers: [HTTPHeader("Accept", "application/json")])
    }

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
