extension RotationMachine {
    /// delivered → announced (planned → announced, where the old secret dies at once).
    ///
    /// Those who depend on the old secret are told, with the moment before which it will not be revoked; those that
    /// must agree are waited for; and the overlap passes by our clock and by the issuer's.
    func announce() throws(StepError) -> Progress {
        let overlap = definition.issuer.shape.overlaps && state.cause != .leaked ? definition.overlap : 0
        if !state.events.contains(where: { $0.kind == .secretRevoking && $0.run(state.run) }) {
            let end = context.clock.now() + overlap
            try record { state in
                state.overlapEndsAt = end
                state.events.append(self.event(.secretRevoking, secretID: state.predecessor, notBefore: end))
            }
            return .go
        }
        if let wait = try waitForAgreement() { return wait }
        if let wait = try waitForOverlap() { return wait }
        try move(to: .announced)
        return .go
    }

    private func waitForOverlap() throws(StepError) -> Progress? {
        guard let end = state.overlapEndsAt else { return nil }
        let now = context.clock.now()
        if now < end { return wait(until: end, "the overlap of old and new secret has not passed") }
        guard let date = try survey().date, date < end else { return nil }
        return wait(until: now + (end - date), "the overlap has not passed by the issuer's clock")
    }

    /// An endpoint that must agree and has not said yes.
    private func waitForAgreement() throws(StepError) -> Progress? {
        guard state.cause != .leaked,
            let event = state.events.last(where: { $0.kind == .secretRevoking && $0.run(state.run) })
        else { return nil }
        for endpoint in definition.callbacks where endpoint.mustAcknowledge {
            guard let delivery = event.deliveries.first(where: { $0.url == endpoint.url.description }),
                ![.delivered, .waived].contains(delivery.status)
            else { continue }
            let deadline = event.at + endpoint.deadline
            guard delivery.status == .pending, context.clock.now() < deadline else {
                throw .attention("\(endpoint.url.origin.host) did not agree that the old secret is revoked")
            }
            return wait(until: min(delivery.dueAt, deadline), "\(endpoint.url.origin.host) has not agreed yet")
        }
        return nil
    }

    func wait(until moment: Timestamp, _ reason: String) -> Progress {
        let seconds = moment - context.clock.now()
        return seconds <= 5 ? .soon(seconds: max(1, seconds)) : .later(moment, because: reason)
    }
}

extension CallbackEvent {
    /// Whether it belongs to this run of its rotation.
    func run(_ number: Int) -> Bool {
        id.utf8.split(separator: ASCII.dot).dropLast().last?.elementsEqual("\(number)".utf8) == true
    }
}
