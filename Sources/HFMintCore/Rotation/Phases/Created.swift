extension RotationMachine {
    /// Moves from planned to created (from announced, if the issuer kills the old secret at once).
    ///
    /// In phase created, the issuer holds a new secret that is proven ours: by its marker, by its id, or by the SHA-256
    /// that was journalled before the call. After a crash the issuer is asked first. A secret of ours is taken if its
    /// value can be read; else it is removed by its id, and another one is made.
    func create() throws(StepFailure) -> Next {
        if definition.issuer.succession == .person {
            guard let supplied else {
                throw .needsPerson(
                    .pressRefresh, "press Refresh at \(definition.issuer.target) now; the old secret dies then")
            }
            self.supplied = nil
            return try take(CreatedSecret(id: "supplied-\(state.run.number)", value: supplied))
        }
        if case .create(let sha256) = state.pending { return try recoverCreation(sha256: sha256) }
        if state.pending == .removeCreated { return try removeCreated() }
        let chosen = definition.issuer.takesChosenValue ? SharedSecret(chooseValue()) : nil
        let digest: String? = if let chosen { try context.sha256(chosen.secret) } else { nil }
        let creation = SecretCreation(marker: marker, value: chosen)
        do throws(StepFailure) {
            // The result is one record: a crash between two records would leave a secret that nobody knows.
            try recorder.act(.create(sha256: digest)) {
                () throws(StepFailure) -> (secret: CreatedSecret, sha256: String) in
                let issued = try definition.issuer.create(creation)
                return (issued, try digestForJournal(issued.value))
            } result: { state, issued in
                self.take(issued.secret, sha256: issued.sha256, &state)
            }
        } catch {
            guard try recordIfMadeDespite(error, sha256: digest) else { throw error }
        }
        return .go
    }

    /// Records a failed try, and returns true, if the issuer holds a secret proven ours although it refused the
    /// creation.
    ///
    /// A proxy may have sent the call twice, and passed on the second answer. A program that fails after it has acted
    /// ends with the status of a refusal too (an exception of Python, `set -e`). A new secret without a proof may be an
    /// administrator's, so a person decides about it.
    private func recordIfMadeDespite(_ error: StepFailure, sha256: String?) throws(StepFailure) -> Bool {
        guard error.kind == .refused, state.retry.failedTries + 1 < RetryPolicy.waits.count,
            canMakeAnother, proven(in: try survey(), sha256: sha256) != nil
        else { return false }
        try recorder.record { $0.retry.failedTries += 1 }
        return true
    }

    /// Whether another secret can be made after the value of the new one was lost.
    ///
    /// A stacked issuer would push out the secret that still works.
    private var canMakeAnother: Bool {
        switch definition.issuer.succession {
        case .separate, .replacing: true
        case .stacked: definition.issuer.isReadable
        case .person: false
        }
    }

    private func digestForJournal(_ value: SharedSecret) throws(StepFailure) -> String {
        try context.sha256(value.secret) { _ in
            StepFailure(.ambiguous, "the new secret's SHA-256 could not be computed")
        }
    }

    private func take(_ issued: CreatedSecret, sha256: String, _ state: inout RotationState) {
        value = issued.value
        logIns = LogInCount()
        state.retry = .init()
        state.pending = nil
        state.phase = .created
        state.successor = .init(id: issued.id, sha256: sha256, expiresAt: issued.expiresAt)
        outbox.add(.secretCreated, secretID: issued.id, to: &state)
    }

    /// Takes a secret that already exists.
    private func take(_ issued: CreatedSecret) throws(StepFailure) -> Next {
        let digest = try context.sha256(issued.value.secret)
        try recorder.record { self.take(issued, sha256: digest, &$0) }
        return .go
    }

    /// Returns a random value of 64 characters that every issuer and every shell accepts.
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

    private func recoverCreation(sha256: String?) throws(StepFailure) -> Next {
        let survey = try survey()
        guard let ours = ours(in: survey, sha256: sha256) else {
            // The call did nothing.
            try recorder.record { $0.pending = nil }
            return .go
        }
        if let value = try readValue(ours.id) {
            return try take(CreatedSecret(id: ours.id, value: value, expiresAt: ours.expiresAt))
        }
        guard definition.issuer.succession.isSeparate else {
            // The next creation replaces it. Until then it proves nothing about that one.
            try recorder.record { state in
                state.pending = nil
                state.ids.known.append(ours.id)
            }
            return .go
        }
        try recorder.record { state in
            state.successor = .init(id: ours.id, sha256: sha256 ?? "", expiresAt: nil)
            state.pending = .removeCreated
        }
        return try removeCreated()
    }

    /// Returns the secret that an interrupted call made, or nil.
    ///
    /// A new secret without a proof may be an administrator's, and is never taken for ours.
    func ours(in survey: IssuerSurvey, sha256: String?) -> ListedSecret? {
        if let proven = proven(in: survey, sha256: sha256) { return proven }
        guard sha256 == nil else { return nil }
        switch definition.issuer.succession {
        case .stacked, .replacing:
            // The issuer holds one current value and lists it first. If it changed, our call changed it.
            guard let current = survey.secrets.first, let held = current.sha256, held != state.predecessor.sha256
            else { return nil }
            return current
        case .separate, .person: return nil
        }
    }

    /// Returns the secret that has our marker, or the SHA-256 of the value that we chose.
    private func proven(in survey: IssuerSurvey, sha256: String?) -> ListedSecret? {
        let fresh = survey.secrets.filter { !state.ids.known.contains($0.id) && !state.ids.lost.contains($0.id) }
        if let marked = fresh.first(where: { $0.marker == marker }) { return marked }
        guard let sha256 else { return nil }
        return survey.secrets.first { $0.sha256 == sha256 }
    }

    /// Asks the issuer for its secrets.
    func survey() throws(StepFailure) -> IssuerSurvey { try definition.issuer.survey() }

    /// Deletes a secret at the issuer, as an act.
    func delete(
        _ id: String, as act: RotationState.Act, result: (inout RotationState) -> Void = { _ in }
    ) throws(StepFailure) {
        try recorder.act(act) { () throws(StepFailure) in
            try definition.issuer.delete(id)
        } result: { state, _ in
            result(&state)
        }
    }

    /// Returns the value of a secret as the issuer shows it, or nil if it does not show values.
    func readValue(_ id: String) throws(StepFailure) -> SharedSecret? {
        guard definition.issuer.isReadable, let secret = try definition.issuer.read(id) else { return nil }
        return SharedSecret(secret)
    }

    /// Removes the new secret, which no sink holds, and goes back to the phase before its creation.
    func removeCreated() throws(StepFailure) -> Next {
        guard let id = state.successor?.id else {
            try recorder.record { $0.pending = nil }
            return .go
        }
        try delete(id, as: .removeCreated) { state in
            state.successor = nil
            state.phase = phaseBeforeCreation
            state.retry.dueAt = nil
        }
        value = nil
        return .go
    }

    /// Gives up the new secret, which no sink holds.
    ///
    /// Only an issuer that lists secrets separately can remove it; the others replace it with the next one.
    func discard() throws(StepFailure) -> Next {
        value = nil
        if definition.issuer.succession.isSeparate { return try removeCreated() }
        try recorder.enter(phaseBeforeCreation) { $0.successor = nil }
        return .go
    }

    var phaseBeforeCreation: RotationState.Phase { definition.issuer.succession.overlaps ? .planned : .announced }
}
