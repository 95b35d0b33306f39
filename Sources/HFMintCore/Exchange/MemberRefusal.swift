/// The Hub's refusal of a member's token, and what the user should change.
///
/// <https://huggingface.co/docs/hub/oauth>
struct MemberRefusal {
    private let answer: HubRefusal
    private let member: OrganizationMember
    private let endpoint: Origin
    /// Whether the server's words may be shown; not if they hold the client's secret.
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
            "compare \(member.client.id.source) and \(member.client.secret.source) with the application's settings; the Hub"
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
    /// Whether these words hold a client's secret, plain or as it was sent.
    fileprivate borrowing func repeats(_ secret: borrowing Secret, of clientID: String) -> Bool {
        holds(secret) || holds(secret.formEncoded()) || holds(secret.basicPair(clientID: clientID))
    }
}
