/// An answer whose status alone does not say what it means: one row of the table that each kind of server has.
struct KnownAnswer: Equatable, Sendable {
    enum Meaning: Equatable, Sendable {
        /// The server did nothing, and the same call works later: after `seconds`, unless the answer says when.
        case later(seconds: Int?)
        /// The trouble passes, and the server may have acted before it answered.
        case doubt
        /// The server refuses for good, although the status looks like one that passes.
        case refused
    }

    let status: Int
    /// The vendor's own code; nil fits an answer with any code or none.
    let code: String?
    /// Words of the body, in lower case; nil fits any body.
    let words: String?
    let meaning: Meaning
    /// The cause in our own words, for the message.
    var reason: String?

    static func later(
        _ status: Int, _ code: String? = nil, saying words: String? = nil, seconds: Int? = nil,
        because reason: String? = nil
    ) -> KnownAnswer {
        KnownAnswer(status: status, code: code, words: words, meaning: .later(seconds: seconds), reason: reason)
    }

    static func doubt(
        _ status: Int, _ code: String? = nil, saying words: String? = nil, because reason: String? = nil
    ) -> KnownAnswer {
        KnownAnswer(status: status, code: code, words: words, meaning: .doubt, reason: reason)
    }

    static func refused(_ status: Int, _ code: String? = nil, saying words: String? = nil) -> KnownAnswer {
        KnownAnswer(status: status, code: code, words: words, meaning: .refused)
    }
}

extension [KnownAnswer] {
    /// Returns the first row that fits the answer, or nil.
    func row(for answer: borrowing API.Answer) -> KnownAnswer? {
        guard answer.status >= 300 else { return nil }
        let codes = answer.vendorCodes
        for row in self where row.status == answer.status {
            if let code = row.code, !codes.contains(code) { continue }
            if let words = row.words, !answer.says(words) { continue }
            return row
        }
        return nil
    }

    /// Returns what the answer says beyond its status: by a row of this table, a time to come back, or words.
    func meaning(of answer: borrowing API.Answer) -> KnownAnswer.Meaning? {
        if let row = row(for: answer) { return row.meaning }
        // These statuses are clear, whatever words a page adds.
        let isClear = [401, 404, 425, 429].contains(answer.status)
        guard (400...499).contains(answer.status), !isClear else { return nil }
        let asksToComeBack =
            answer.response.header("retry-after") != nil || answer.hasNoRequestsLeft
            || Self.words.contains { answer.says($0) }
        return asksToComeBack ? .doubt : nil
    }

    /// The words with which servers say "not now", whatever the status.
    ///
    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>,
    /// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html#quotas_throttling>,
    /// <https://www.rfc-editor.org/rfc/rfc8628#section-3.5> and the rows of each kind.
    static let words = [
        "rate limit", "ratelimit", "rate_limit", "rate-limit", "rate exceeded", "too many requests", "toomanyrequests",
        "too_many_requests", "too quickly", "throttl", "slow down", "slow_down", "slowdown", "abuse detection",
        "try again later", "retry later", "request again later", "retry your request", "wait briefly", "please retry",
        "temporarily unavailable", "temporarily_unavailable", "transient error", "under maintenance",
        "maintenance mode", "read only mode", "read-only mode",
    ]
}

extension KnownAnswer.Meaning {
    /// Returns what a status means by itself.
    ///
    /// A conflict, a lock and a condition that does not hold pass, and no person can mend them. They are tried again as
    /// often as a server that is down.
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-15.5.10>, <https://www.rfc-editor.org/rfc/rfc4918#section-11.3>
    static func byStatus(_ status: Int) -> KnownAnswer.Meaning {
        switch status {
        // The server says that it did nothing.
        case 425, 429: .later(seconds: nil)
        case 408, 409, 412, 423, 500...599: .doubt
        // The server has no success of this status: a proxy may have sent its own page, after the server acted.
        case 200...299: .doubt
        default: .refused
        }
    }

    /// Makes the failure for an answer of this meaning.
    ///
    /// - Parameter wait: how many seconds the server asks hfmint to wait, or nil.
    func failure(after effect: API.Effect, wait: Int?, _ message: String) -> StepFailure {
        switch self {
        case .refused: StepFailure(.refused, message)
        case .later(let seconds): StepFailure(.transient(retryAfterSeconds: wait ?? seconds), message)
        case .doubt where effect == .once: StepFailure(.ambiguous, message, retryAfterSeconds: wait)
        case .doubt: StepFailure(.transient(retryAfterSeconds: wait), message)
        }
    }
}

extension API.Answer {
    /// Returns whether the body holds these words, with ASCII letters in either case.
    func says(_ words: String) -> Bool {
        response.body.reveal { $0.holds(words, ignoringCase: true) }
    }

    /// Whether the client has used up its requests: GitHub says so with a 403, Okta and Auth0 with a 429.
    ///
    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit>
    fileprivate var hasNoRequestsLeft: Bool {
        response.header("x-ratelimit-remaining") == "0" || response.header("x-rate-limit-remaining") == "0"
    }

    /// Returns how many seconds the server asks hfmint to wait, or nil.
    ///
    /// Reads the standard's header, the header in which GitHub, Auth0 and Okta say when their count begins anew, or the
    /// member that Kubernetes puts into the body.
    /// <https://developer.okta.com/docs/reference/rl-best-practices/>,
    /// <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/>
    func secondsToWait(now: Timestamp) -> Int? {
        if let seconds = response.retryAfterSeconds(now: now) { return seconds }
        if hasNoRequestsLeft || status == 429 {
            let reset = response.header("x-ratelimit-reset") ?? response.header("x-rate-limit-reset")
            // A moment is read by the server's clock, not by ours. Ory, Vault and OpenBao count seconds from now.
            // <https://www.ory.com/docs/guides/rate-limits>,
            // <https://github.com/openbao/openbao/blob/main/internal/vault/quotas/quotas_rate_limit.go>
            if let moment = reset.flatMap({ Int($0) }) {
                guard moment >= 1_000_000_000 else { return max(0, moment) }
                return max(0, min(moment, 1 << 40) - (date ?? now).secondsSince1970)
            }
        }
        return integer("details", "retryAfterSeconds").map { max(0, $0) }
    }
}
