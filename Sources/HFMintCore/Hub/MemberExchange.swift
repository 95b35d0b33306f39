/// The body that asks for a Hub token of an organization's member, its credential, and what its answer must be.
///
/// <https://huggingface.co/docs/hub/oauth>
package enum MemberExchange {
    /// Returns the client's credential, with id and secret form-encoded (RFC 6749, 2.3.1).
    package static func credential(clientID: String, secret: borrowing Secret) -> HTTPCredential {
        .header(name: "Authorization", prefix: "Basic ", secret.basicPair(clientID: clientID))
    }

    package static func body(email: String, scopes: [String]) -> HTTPBody {
        let form = formEncoded([
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", email),
            ("subject_token_type", "urn:huggingface:token-type:user-email"),
            ("scope", scopes.joined(separator: " ")),
        ])
        return .content(.init(type: "application/x-www-form-urlencoded", bytes: Secret(copying: form.utf8)))
    }

    /// Reads the body of a 200: returns `nil` unless it holds a member's bearer token (`hf_oauth_…`) with a lifetime.
    package static func answer(_ body: borrowing Secret) -> TokenResponse? {
        guard let answer = PublisherExchange.answer(body), scopes(in: body) != .unreadable else { return nil }
        let least = HubToken.Kind.user.rawValue.utf8.count + 8
        let isMember = answer.token.reveal { HubToken.Kind(in: $0) == .user && $0.count >= least }
        guard isMember else { return nil }
        return answer
    }

    /// What an answer says about the token's scopes.
    package enum Scopes: Equatable, Sendable {
        /// The token has the requested scopes (RFC 6749, 5.1).
        case unsaid
        case said([String])
        case unreadable
    }

    package static func scopes(in body: borrowing Secret) -> Scopes {
        body.reveal { text in
            guard let root = try? readJSON(text, limits: .answer), let node = root["scope"] else { return .unsaid }
            guard let said = node.string(in: text), said.count <= 4_096,
                said.allSatisfy({ $0.isASCIIVisible || $0 == ASCII.space })
            else { return .unreadable }
            return .said(said.split(separator: ASCII.space).map { String(decoding: $0, as: UTF8.self) })
        }
    }

    /// Returns the scopes that go beyond the requested ones; `write-x` includes `read-x`, and `manage-x` both.
    package static func surplus(_ said: [String], requested: [String]) -> [String] {
        said.filter { scope in
            let parts = scope.split(separator: "-", maxSplits: 1)
            let wider: [String] =
                switch parts.first {
                case "read": ["write", "manage"]
                case "contribute", "write": ["manage"]
                default: []
                }
            return !requested.contains(scope) && !wider.contains { requested.contains("\($0)-\(parts.last ?? "")") }
        }
    }
}
