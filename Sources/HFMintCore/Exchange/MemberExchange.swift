/// The Hub's token exchange for a member of an organization: what is sent, and what an answer must be.
///
/// <https://huggingface.co/docs/hub/oauth>
package enum MemberExchange {
    /// - Parameter clientID: form-encoded here, as the secret is (RFC 6749, 2.3.1).
    package static func credential(clientID: String, secret: borrowing Secret) -> HTTPCredential {
        .header(name: "Authorization", prefix: "Basic ", secret.basicPair(clientID: clientID))
    }

    package static func body(_ member: OrganizationMember) -> HTTPBody {
        let form = HTTPAcquisition.Content.form([
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", member.email),
            ("subject_token_type", "urn:huggingface:token-type:user-email"),
            ("scope", member.scopes.joined(separator: " ")),
        ])
        return .content(HTTPBody.Content(type: form.type, bytes: Secret(copying: form.text.utf8)))
    }

    /// Reads a 200: `nil` unless it is a bearer token of a member (`hf_oauth_…`) with a lifetime, byte by byte.
    package static func answer(_ body: borrowing Secret) -> TokenExchange.Answer? {
        guard let answer = TokenExchange.answer(body), scopes(in: body) != .unreadable else { return nil }
        let prefix = HubToken.Kind.user.rawValue
        let isMember = answer.token.reveal { text in
            text.count >= prefix.utf8.count + 8 && text.equals(prefix, in: 0..<prefix.utf8.count)
        }
        guard isMember else { return nil }
        return answer
    }

    /// What an answer says of its scopes.
    package enum Scopes: Equatable, Sendable {
        /// Then they are those that were asked for (RFC 6749, 5.1).
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

    /// The scopes that nobody asked for; `read-x` is within `write-x`, and both are within `manage-x`.
    package static func surplus(_ said: [String], asked: [String]) -> [String] {
        said.filter { scope in
            let parts = scope.split(separator: "-", maxSplits: 1)
            let wider: [String] =
                switch parts.first {
                case "read": ["write", "manage"]
                case "contribute", "write": ["manage"]
                default: []
                }
            return !asked.contains(scope) && !wider.contains { asked.contains("\($0)-\(parts.last ?? "")") }
        }
    }
}

/// Why the Hub gave no token for a member, and what to change.
///
/// <https://huggingface.co/docs/hub/oauth>
struct MemberRefusal {
    private let answer: HubRefusal
    private let member: OrganizationMember
    private let endpoint: Origin
    /// Whether the server's words may be shown: not where the client's secret is among them.
    private let isQuotable: Bool
    private let requestID: String?

    init(
        _ response: borrowing HTTPResponse, member: OrganizationMember, clientID: String, secret: borrowing Secret,
        endpoint: Origin
    ) {
        answer = HubRefusal(response)
        self.member = member
        self.endpoint = endpoint
        let words: [[UInt8]] = response.body.reveal { text in
            guard let root = try? readJSON(text, limits: .answer) else { return [] }
            return ["error", "error_description"].compactMap { root[$0]?.string(in: text) }
        }
        let said = Secret(copying: Array(words.joined(separator: [ASCII.space])))
        isQuotable = !response.body.holds(secret) && !said.repeats(secret, of: clientID)
        let id = Secret(copying: (response.header("x-request-id") ?? "").utf8)
        requestID = id.repeats(secret, of: clientID) ? nil : answer.requestID
    }

    var error: MintError {
        let known = ["invalid_client", "invalid_grant", "invalid_scope"].first {
            $0.utf8.elementsEqual(answer.error.utf8)
        }
        let said = isQuotable ? answer.sentence : known ?? ""
        return MintError(
            .exchangeRejected,
            "\(endpoint.host) refused a token for the member '\(member.email)'\(said.isEmpty ? "" : ": \(said)")",
            requestID: requestID, details: ["asked for: \(member.scopes.joined(separator: " "))"], hint: hint)
    }

    private var hint: String {
        switch answer.error {
        case "invalid_client", "unauthorized_client":
            "compare \(member.client.id.place) and \(member.client.secret.place) with the application's settings; the Hub"
                + " must have bound the application to the organization (Enterprise)"
        case "invalid_grant": "'\(member.email)' must be a member of the application's organization"
        case "invalid_scope": "enable these scopes in the application's settings, or ask for fewer"
        default:
            answer.isOAuth
                ? "look at the application's settings on \(endpoint.host)"
                : "check that \(endpoint) is the Hub and not a proxy's page"
        }
    }
}

extension Secret {
    /// Whether a client's secret is among these words: as it is, or as it was sent.
    fileprivate borrowing func repeats(_ secret: borrowing Secret, of clientID: String) -> Bool {
        holds(secret) || holds(secret.formEncoded()) || holds(secret.basicPair(clientID: clientID))
    }
}
