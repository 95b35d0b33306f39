/// What an answer says about the front door.
package enum ProbeVerdict: Equatable, Sendable {
    case held
    /// It cannot be told who answered; the clause says what came.
    case unclear(String)
    /// The request, or its header, went where it must not go; the clause says what shows it.
    case through(String)

    package var word: String {
        switch self {
        case .held: "held"
        case .unclear: "unclear"
        case .through: "got through"
        }
    }

    /// The word for programs.
    package var key: String {
        switch self {
        case .held: "held"
        case .unclear: "unclear"
        case .through: "through"
        }
    }

    package var reason: String? {
        switch self {
        case .held: nil
        case .unclear(let reason), .through(let reason): reason
        }
    }
}

/// The two answers with which all others are compared.
package struct ProbeBaseline: Sendable {
    /// To somebody without a credential.
    package let refusal: ProbeAnswer
    /// To somebody who may read, or nil if nobody was named.
    package let allowed: ProbeAnswer?

    package init(refusal: ProbeAnswer, allowed: ProbeAnswer?) {
        self.refusal = refusal
        self.allowed = allowed
    }

    /// The names of headers that the front door itself does not send.
    fileprivate var upstreamNames: Set<String> {
        let learnt = allowed?.names.filter { $0.hasStart("x-") } ?? []
        return ProbeAnswer.hubNames.union(learnt).subtracting(refusal.isOwnRefusal ? refusal.names : [])
    }
}

extension ProbeVerdict {
    /// Judges the answer to `attack`: what cannot be told is never called held.
    package init(_ answer: ProbeAnswer, to attack: Attack, knowing baseline: ProbeBaseline) {
        if let leak = answer.leak {
            self = .through("the answer holds \(leak)")
            return
        }
        if attack.expectation == .unchanged, answer.end == baseline.allowed?.end {
            self = .held
            return
        }
        if !answer.isOwnRefusal, let mark = answer.hubMark ?? Self.mark(answer, baseline) {
            self = .through("the Hub answered: \(mark)")
            return
        }
        switch answer.end {
        case .closed: self = .held
        case .none(let reason): self = .unclear(reason)
        case .long:
            self = attack.expectation == .notRelayed ? .held : .through("the answer is longer than any refusal")
        case .status(let status): self = Self.judge(status, answer, attack, baseline)
        }
    }

    private static func mark(_ answer: ProbeAnswer, _ baseline: ProbeBaseline) -> String? {
        answer.names.intersection(baseline.upstreamNames).min().map { "it has the header \($0)" }
    }

    private static func judge(
        _ status: Int, _ answer: ProbeAnswer, _ attack: Attack, _ baseline: ProbeBaseline
    ) -> ProbeVerdict {
        guard !answer.isOwnRefusal else { return .held }
        // A gateway that fails has asked another server.
        guard ![502, 503, 504].contains(status) else { return .unclear("the answer is \(status)") }
        if attack.expectation == .notRelayed { return .held }
        if status < 400 { return .through("the answer is \(status)") }
        guard refusals.contains(status) else { return .unclear("the answer is \(status)") }
        let isMarked = baseline.refusal.isOwnRefusal
        if attack.expectation == .unchanged, status == 401 || status == 404 {
            let what = "the answer is \(status), and without these headers it is \(baseline.allowed?.status ?? 200)"
            return isMarked ? .through(what) : .unclear(what)
        }
        // The broker answers as OAuth says, without hfmint's code.
        guard status != 401 || !isMarked || attack.family == .token else {
            return .unclear("the answer is 401 without the front door's error code")
        }
        return .held
    }

    /// The statuses with which a web server refuses by itself.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-15.5>, <https://www.rfc-editor.org/rfc/rfc6585#section-5>
    private static let refusals = [400, 401, 403, 404, 405, 408, 411, 413, 414, 415, 417, 421, 426, 431, 501, 505]
}
