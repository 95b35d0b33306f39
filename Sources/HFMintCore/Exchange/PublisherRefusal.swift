/// The Hub's refusal of a job's ID token: mostly `invalid_grant`, which never says which claim was wrong.
///
/// The error shows what hfmint knows: the Hub's words, its request id, the claims that were sent, and what to type into
/// the Trusted Publishers form for this job. At an organization's front door its manifest decides, and no form helps.
package struct PublisherRefusal: Sendable {
    private let answer: HubRefusal
    private let claims: Claims
    private let resource: Resource
    private let authority: Authority
    private let provider: Provider?

    package init(
        _ answer: HubRefusal, claims: Claims, resource: Resource, authority: Authority, provider: Provider?
    ) {
        self.answer = answer
        self.claims = claims
        self.resource = resource
        self.authority = authority
        self.provider = provider
    }

    /// Returns the error for people; `now` shows whether this machine's clock is wrong.
    package func error(now: Timestamp) -> MintError {
        MintError(
            .exchangeRejected,
            "\(authority.endpoint.host) refused a token for '\(resource.canonical)': \(answer.sentence)",
            requestID: answer.requestID, details: clockSkew(now), publisher: sentClaims + form, hint: hint)
    }

    private var isAboutTrust: Bool { answer.error.utf8.elementsEqual("invalid_grant".utf8) }

    private func clockSkew(_ now: Timestamp) -> [String] {
        guard let date = answer.date, abs(now - date) > 60 else { return [] }
        let direction = now > date ? "ahead of" : "behind"
        return ["the clock of this machine is \(inWords(seconds: abs(now - date))) \(direction) the Hub's"]
    }

    private var sentClaims: [String] {
        guard isAboutTrust else { return [] }
        var rows: [(String, String)] = Claims.shown.compactMap { name in claims[name].map { (name, $0) } }
        if let expiry = claims.expiresAt, let row = rows.firstIndex(where: { $0.0 == "exp" }) {
            rows[row].1 += " (\(expiry.rfc3339))"
        }
        if claims["aud"] == nil {
            let audiences = claims.audiences.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
            rows.insert(("aud", "[\(audiences)]"), at: min(2, rows.count))
        }
        return ["the ID token said:"] + columns(rows, indent: 2)
    }

    private var form: [String] {
        guard isAboutTrust, !answer.isOfFrontDoor else { return [] }
        let suggestion = PublisherSuggestion(
            provider: provider, claims: claims, resource: resource, endpoint: authority.endpoint)
        return suggestion?.formLines ?? []
    }

    private var hint: String {
        if answer.isOfFrontDoor {
            return "the manifest of \(authority.endpoint.host) decides this: whoever keeps it sees why with"
                + " `hfmint serve explain`, and in its audit log by the request id"
        }
        if isAboutTrust {
            let page = resource.settingsURL(on: authority.endpoint)
            return "compare with the publishers at \(page), or add this one there"
        }
        return answer.isOAuth
            ? "check the name of the resource: '\(resource.canonical)' means a \(resource.noun)"
            : "check that \(authority.endpoint) is the Hub and not a proxy's page"
    }
}
