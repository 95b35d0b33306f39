extension RotationState {
    /// Returns the sinks that somebody else has overwritten since `earlier`.
    func overwrittenSinks(since earlier: RotationState) -> [Delivery.Sink] {
        delivery.sinks.filter { $0.timesOverwritten > earlier.delivery[$0.target]?.timesOverwritten ?? 0 }
    }

    /// Returns lines for a person who watches the run: what has become true since `earlier`.
    func news(since earlier: RotationState) -> [String] {
        let added = delivery.sinks.filter { $0.isAdded && earlier.delivery[$0.target]?.isAdded != true }
        let confirmed = delivery.sinks.filter { $0.evidence != nil && earlier.delivery[$0.target]?.evidence == nil }
        let news =
            overwrittenSinks(since: earlier).map { "\($0.target) was overwritten since, and gets the new secret again" }
            + added.map { "\($0.target) accepts the new secret, and does not use it yet" }
            + confirmed.map { "\($0.target) has the new secret: \($0.evidence?.kind.rawValue ?? "")" }
        guard phase != earlier.phase else { return news }
        return news + [phase.news].compactMap(\.self)
    }
}

extension RotationState.Phase {
    fileprivate var news: String? {
        switch self {
        case .idle, .done: nil
        case .planned: "the issuer and every sink are ready"
        case .created: "a new secret is made"
        case .verified: "the new secret logs in"
        case .delivered: "every sink has been served"
        case .announced: "the overlap is over, and everyone who must agree has agreed"
        case .retired: "the old secret is retired"
        }
    }
}
