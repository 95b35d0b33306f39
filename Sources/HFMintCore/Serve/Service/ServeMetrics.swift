internal import Synchronization

/// What `hfmint serve run` counts of its work, for a Prometheus that asks at the route `metrics`.
///
/// Every count is a few instructions under one lock, as there are many decisions a second. Each series is there from
/// the start, with zero, so that a rate can be taken of it; those of a policy's roles are there from
/// ``begin(_:digest:)`` on. `ServeMetrics+Text.swift` names them.
package final class ServeMetrics: Sendable {
    /// The answer to the question whether a request may pass.
    package enum Answer: Equatable, Sendable {
        /// Nil if anybody may have it.
        case allowed(role: String?)
        case refused(code: String)
        /// Refused by the policy, and let pass because it is not enforced.
        case notEnforced(code: String)
    }

    /// What became of a request to the Hub for a token.
    package enum Exchange: String, CaseIterable, Sendable {
        case granted, refused
        /// The Hub did not answer, or not as it should.
        case failed
    }

    /// Whether something was in memory.
    package enum Lookup: String, CaseIterable, Sendable { case hit, miss }

    package enum Record: String, CaseIterable, Sendable { case written, lost }

    package enum Reload: String, CaseIterable, Sendable { case ok, failed }

    /// How often something was in memory.
    struct Lookups: Sendable {
        private(set) var counts = (hits: 0, misses: 0)

        mutating func add(_ result: Lookup) {
            switch result {
            case .hit: counts.hits += 1
            case .miss: counts.misses += 1
            }
        }
    }

    struct State: Sendable {
        /// By role; `""` if anybody may have it.
        var allowed = ["": 0]
        /// By code.
        var refused: [String: Int] = [:]
        var notEnforced: [String: Int] = [:]
        /// In microseconds, from 50 µs: the aim is 1 ms.
        var decisionTime = MetricHistogram(
            boundsInMicroseconds: [50, 100, 250, 500, 1_000, 2_500, 10_000, 100_000, 1_000_000, 10_000_000])
        /// By error; `""` for a ticket or a token that was issued.
        var tokenRequests: [String: Int] = [:]
        var exchanges: [Exchange: Int] = [:]
        var exchangeTime = MetricHistogram(
            boundsInMicroseconds: [50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000])
        var upstreamTokens = Lookups()
        var callers = Lookups()
        var records: [Record: Int] = [:]
        var cutOffs: [String: Int] = [:]
        var reloads: [Reload: Int] = [:]
        var policyDigest: String?
    }

    /// The most reasons for which connections are cut off that are told apart; the others are counted together.
    static let mostReasons = 64

    let startedAt: Timestamp
    private let state: Mutex<State>

    /// - Parameters:
    ///   - codes: with which requests are refused; those of ``RequestDecision/Code`` are known.
    ///   - tokenErrors: with which the token endpoint refuses.
    package init(startedAt: Timestamp, codes: [String] = [], tokenErrors: [String] = []) {
        self.startedAt = startedAt
        var state = State()
        for code in RequestDecision.Code.allCases.map(\.rawValue) + codes {
            state.refused[code] = 0
            state.notEnforced[code] = 0
        }
        for error in [""] + tokenErrors { state.tokenRequests[error] = 0 }
        self.state = Mutex(state)
    }

    /// Takes note of the policy that decides from now on.
    package func begin(_ point: DecisionPoint, digest: String) {
        state.withLock { state in
            state.policyDigest = digest
            for role in point.policy.roles { state.allowed[role.name, default: 0] += 0 }
        }
    }

    package func decided(_ answer: Answer, microseconds: Int) {
        state.withLock { state in
            switch answer {
            case .allowed(let role): state.allowed[role ?? "", default: 0] += 1
            case .refused(let code): state.refused[code, default: 0] += 1
            case .notEnforced(let code): state.notEnforced[code, default: 0] += 1
            }
            state.decisionTime.add(microseconds: microseconds)
        }
    }

    /// - Parameter error: the error of the answer, or nil for a ticket or a token that was issued.
    package func answeredTokenRequest(error: String?) {
        state.withLock { $0.tokenRequests[error ?? "", default: 0] += 1 }
    }

    package func exchanged(_ outcome: Exchange, microseconds: Int) {
        state.withLock { state in
            state.exchanges[outcome, default: 0] += 1
            state.exchangeTime.add(microseconds: microseconds)
        }
    }

    /// Counts whether the Hub's token for a request was in memory.
    package func lookedForUpstreamToken(_ result: Lookup) {
        state.withLock { $0.upstreamTokens.add(result) }
    }

    /// Counts whether a caller's credential had been verified before.
    package func lookedForCaller(_ result: Lookup) { state.withLock { $0.callers.add(result) } }

    package func recorded(_ count: Int, _ outcome: Record) {
        state.withLock { $0.records[outcome, default: 0] += count }
    }

    /// - Parameter reason: one of a few clauses; see ``ConnectionService/cutOff(_:_:)``.
    package func cutOff(_ reason: String) {
        state.withLock { state in
            let isKnown = state.cutOffs[reason] != nil || state.cutOffs.count < Self.mostReasons
            state.cutOffs[isKnown ? reason : "other", default: 0] += 1
        }
    }

    package func reloaded(_ outcome: Reload) { state.withLock { $0.reloads[outcome, default: 0] += 1 } }

    /// The counts of this moment.
    var present: State { state.withLock { $0 } }
}
