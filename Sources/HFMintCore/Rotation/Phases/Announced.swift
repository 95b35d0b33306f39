extension RotationMachine {
    /// Moves from delivered to announced (from planned, if the issuer kills the old secret at once).
    ///
    /// Tells every endpoint the moment before which the old secret is not revoked. Waits for the endpoints that must
    /// agree, and until the overlap has passed by this machine's clock and by the issuer's.
    func announce() throws(StepFailure) -> Next {
        let overlap = definition.issuer.succession.overlaps && state.run.cause != .leaked ? definition.overlap : 0
        if state.deadlines.overlapEndsAt == nil {
            // The clock counts whole seconds, and the current one may be nearly over.
            let end = context.clock.now() + (overlap == 0 ? 0 : overlap + 1)
            try recorder.record { state in
                state.deadlines.overlapEndsAt = end
                outbox.add(.secretRevoking, secretID: state.predecessor.id, notBefore: end, to: &state)
            }
            return .go
        }
        if let wait = try waitForAgreement() { return wait }
        let now = context.clock.now()
        if let end = state.deadlines.overlapEndsAt, now < end {
            return wait(until: end, "the overlap of old and new secret has not passed")
        }
        let survey = try survey()
        if let date = survey.date, let disagreement = state.disagreement(withIssuer: date) {
            throw .needsPerson(disagreement.attention(of: definition.issuer.target))
        }
        if let end = state.deadlines.overlapEndsAt, let date = survey.date, date < end {
            return wait(until: now + (end - date), "the overlap has not passed by the issuer's clock")
        }
        let others = strangers(in: survey)
        try recorder.enter(.announced) { $0.ids.strangers = others }
        return .go
    }

    /// Returns the ids of secrets that somebody else has made during this run.
    func strangers(in survey: IssuerSurvey) -> [String] {
        guard definition.issuer.succession.isSeparate else { return [] }
        let expected =
            state.ids.known + state.ids.lost + [state.successor?.id, state.predecessor.id].compactMap(\.self)
        return survey.secrets.filter { !expected.contains($0.id) && $0.marker != marker }.map(\.id)
    }

    /// Returns what comes next while an endpoint that must agree has not agreed, or nil once all have.
    private func waitForAgreement() throws(StepFailure) -> Next? {
        guard state.run.cause != .leaked, let event = state.announcement else { return nil }
        for endpoint in definition.callbacks where endpoint.mustAcknowledge {
            guard let delivery = event.deliveries.first(where: { $0.url == endpoint.url.description }),
                ![.delivered, .waived].contains(delivery.status)
            else { continue }
            let (host, deadline) = (endpoint.url.origin.host, event.at + endpoint.agreementTimeout)
            let problem = delivery.problem.map { ": \($0)" } ?? ""
            guard delivery.status != .closed else {
                throw .needsPerson(
                    .notAcknowledged, "\(host) takes no more events, and must agree before the old secret is revoked")
            }
            guard context.clock.now() < deadline else {
                throw .needsPerson(
                    .notAcknowledged,
                    "\(host) has not agreed within \(inWords(seconds: endpoint.agreementTimeout)) that the old secret is"
                        + " revoked\(problem)")
            }
            return wait(until: min(delivery.dueAt, deadline), "\(host) has not agreed yet\(problem)")
        }
        return nil
    }

    func wait(until moment: Timestamp, _ reason: String) -> Next {
        let seconds = moment - context.clock.now()
        return seconds <= 5 ? .soon(seconds: max(1, seconds)) : .over(.waiting(until: moment, because: reason))
    }
}
