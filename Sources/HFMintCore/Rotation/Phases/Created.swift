extension RotationMachine {
    /// planned (announced, where the old secret dies at once) → created.
    ///
    /// Already true and durable then: the issuer holds a new secret that a marker, an id, or a SHA-256 that was
    /// journalled before the call proves ours. After a crash the issuer is asked first: a secret of ours whose value
    /// can be had is taken; one whose value is gone is removed by its id, and another is made.
    func create() throws(StepFailure) -> Progress {
        if case .person = definition.issuer.shape {
            if let supplied {
                self.supplied = nil
                return try take(CreatedSecret(id: "supplied-\(state.run)", value: supplied))
            }
            throw .needsPerson(
                .pressRefresh,
                "press Refresh at \(definition.issuer.target) now; the old secret dies then")
        }
        if case .create(let sha256) = state.pending { return try recoverCreation(sha256: sha256) }
        if state.pending == .removeCreated { return try removeCreated() }
        let chosen = definition.issuer.takesChosenValue ? SharedSecret(chooseValue()) : nil
        let digest: String? = if let chosen { try sha256(chosen.secret) } else { nil }
        let creation = SecretCreation(marker: marker, value: chosen)
        do throws(StepFailure) {
            // The result is one record: between two of them a crash would leave a secret that nobody knows.
            try act(.create(sha256: digest)) { () throws(StepFailure) -> (CreatedSecret, sha256: String) in
                let issued = try definition.issuer.create(creation)
                return (issued, try digestForJournal(issued.value))
            } result: { state, issued in
                self.take(issued.0, sha256: issued.sha256, &state)
            }
        } catch {
            guard try wasMadeBeforeItWasRefused(error, sha256: digest) else { throw error }
        }
        return .go
    }

    /// Whether a secret is there that is proven ours although its creation was refused.
    ///
    /// Something between us and the issuer, such as a proxy, may have sent the call twice, and this is the second answer;
    /// and a program ends with the status of a refusal where it failed after it had acted (an exception of Python, `set
    /// -e`). What is new there without a proof may be an administrator's: after a refusal it is left to a person.
    private func wasMadeBeforeItWasRefused(_ error: StepFailure, sha256: String?) throws(StepFailure) -> Bool {
        guard error.kind == .refused, state.attempts + 1 < Self.waits.count,
            canMakeAnother, proven(in: try survey(), sha256: sha256) != nil
        else { return false }
        try record { $0.attempts += 1 }
        return true
    }

    /// Whether a secret of ours without its value costs nothing: it is removed, or is the only one there is anyway.
    ///
    /// A stacked issuer would push out the one that still works.
    private var canMakeAnother: Bool {
        switch definition.issuer.shape {
        case .separate, .replacing: true
        case .stacked: definition.issuer.isReadable
        case .person: false
        }
    }

    private func digestForJournal(_ value: SharedSecret) throws(StepFailure) -> String {
        do throws(StepFailure) {
            return try sha256(value.secret)
        } catch {
            throw StepFailure(.ambiguous, "the new secret's SHA-256 could not be computed")
        }
    }

    private func take(_ issued: CreatedSecret, sha256: String, _ state: inout RotationState) {
        value = issued.value
        (logInsInARow, refusalsInARow) = (0, 0)
        state.forgetFailures()
        state.pending = nil
        state.phase = .created
        state.created = .init(id: issued.id, sha256: sha256, expiresAt: issued.expiresAt)
        state.events.append(event(.secretCreated, secretID: issued.id))
    }

    /// Takes a secret that is already there.
    private func take(_ issued: CreatedSecret) throws(StepFailure) -> Progress {
        let digest = try sha256(issued.value.secret)
        try record { self.take(issued, sha256: digest, &$0) }
        return .go
    }

    /// 64 characters that every issuer and every shell takes.
    private func chooseValue() -> Secret {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var buffer = SecretBuffer(capacity: 64)
        while buffer.byteCount < 64 {
            var bits = context.random()
            for _ in 0..<10 where buffer.byteCount < 64 {
                buffer.append(alphabet[Int(bits & 63)])
                bits >>= 6
            }
        }
        return buffer.finish()
    }

    private func recoverCreation(sha256: String?) throws(StepFailure) -> Progress {
        let survey = try survey()
        guard let ours = ours(in: survey, sha256: sha256) else {
            // Nothing of ours is there: the call did nothing.
            try record { $0.pending = nil }
            return .go
        }
        if let value = try readValue(ours.id) {
            return try take(CreatedSecret(id: ours.id, value: value, expiresAt: ours.expiresAt))
        }
        guard case .separate = definition.issuer.shape else {
            try record { $0.pending = nil }
            return .go
        }
        try record { state in
            state.created = .init(id: ours.id, sha256: sha256 ?? "", expiresAt: nil)
            state.pending = .removeCreated
        }
        return try removeCreated()
    }

    /// The secret that an interrupted call made, by its proof: never by being new alone, as an administrator's is too.
    func ours(in survey: IssuerSurvey, sha256: String?) -> LiveSecret? {
        if let proven = proven(in: survey, sha256: sha256) { return proven }
        guard sha256 == nil else { return nil }
        switch definition.issuer.shape {
        case .stacked, .replacing:
            // One place, one value: it is not the one from before, so our call changed it. What is listed after it is
            // older.
            guard let current = survey.secrets.first, let sha256 = current.sha256,
                sha256 != state.predecessorSHA256
            else { return nil }
            return current
        case .separate, .person: return nil
        }
    }

    /// The secret that has our marker, or the SHA-256 of the value that we chose.
    private func proven(in survey: IssuerSurvey, sha256: String?) -> LiveSecret? {
        let fresh = survey.secrets.filter { !state.knownIDs.contains($0.id) && !state.lost.contains($0.id) }
        if let marked = fresh.first(where: { $0.marker == marker }) { return marked }
        guard let sha256 else { return nil }
        return survey.secrets.first { $0.sha256 == sha256 }
    }

    func readValue(_ id: String) throws(StepFailure) -> SharedSecret? {
        guard definition.issuer.isReadable else { return nil }
        guard let secret = try definition.issuer.read(id) else { return nil }
        return SharedSecret(secret)
    }

    /// Removes a new secret of ours that no sink can hold, and goes back to before it was made.
    func removeCreated() throws(StepFailure) -> Progress {
        guard let created = state.created else {
            try record { $0.pending = nil }
            return .go
        }
        let back: RotationState.Phase = definition.issuer.shape.overlaps ? .planned : .announced
        try act(.removeCreated) { () throws(StepFailure) in
            try definition.issuer.delete(created.id)
        } result: { state, _ in
            state.created = nil
            state.phase = back
            state.dueAt = nil
        }
        value = nil
        return .go
    }
}
