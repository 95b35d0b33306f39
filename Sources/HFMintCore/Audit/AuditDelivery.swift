/// The road to a collector.
///
/// What it has not taken stays in the log, behind a cursor, and is sent by whichever command comes next, in order and
/// under the same heads. The cursor's lock is held while a request is under way: of several processes one sends, and
/// the others find their records taken.
extension AuditTrail {
    /// How long a refusal speaks for the collector: what comes next need not wait for another one.
    private static let validity = Duration.seconds(30)

    /// Sends what the collector must have taken before an act; nothing where the log is not required.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable``.
    package func sendRequiredRecords() throws(MintError) {
        if settings?.isRequired == true { try sendRecords() }
    }

    /// Sends what the collector has not taken yet.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable`` where it is required and cannot be done; otherwise it says so once.
    package func sendRecords() throws(MintError) {
        guard let settings, let url = settings.url else { return }
        let refusal = try change { state throws(MintError) in state.refusal }
        if settings.isRequired, let refusal, clock.uptime() - refusal.at < Self.validity { throw refusal.error }
        do throws(MintError) {
            let deadline = clock.uptime() + (settings.isRequired ? .seconds(20) : .seconds(5))
            try sendPending(to: url, settings, until: deadline)
            try sendBacklog(to: url, settings, until: deadline)
        } catch {
            try change { state throws(MintError) in
                let sentence = "\(url.origin.host) did not take the records: \(error.message)"
                do throws(MintError) {
                    try fail(sentence, settings, &state)
                } catch {
                    state.refusal = (error, clock.uptime())
                    throw error
                }
            }
            try change { state throws(MintError) in tellLost(&state) }
        }
    }

    /// Says what no later command will find: what nobody kept.
    func tellLost(_ state: inout AuditTrail.State) {
        guard !state.pending.isEmpty else { return }
        let sentence = "nothing keeps what it has not taken: it is lost unless this command can still send it"
        if state.said.insert(sentence).inserted { context.note("audit: \(sentence)") }
    }

    /// How many records a collector has not taken; `nil` where they are more than can be counted in a moment.
    package func waitingRecords() -> Int? {
        let log = try? change { state throws(MintError) in state.settings?.url == nil ? nil : state.log }
        guard let log = log ?? nil, let text = cursorText(of: log) else { return 0 }
        var cursor = AuditCursor(text)
        var count = 0
        for _ in 0..<100 {
            guard let backlog = try? AuditBacklog(log, behind: cursor, in: context.machine) else { return count }
            count += backlog.records.count
            if backlog.isComplete { return count }
            cursor = backlog.cursor
        }
        return nil
    }

    private func cursorText(of log: String) -> [UInt8]? {
        let path = AuditTrail.cursorPath(of: log)
        return (try? context.files.read(path, limit: AuditCursor.byteLimit))??.reveal { $0.bytes }
    }

    /// Those that no log keeps.
    private func sendPending(
        to url: HTTPURL, _ settings: AuditTrail.Settings, until deadline: Duration
    ) throws(MintError) {
        let records = try change { state throws(MintError) in
            let records = state.pending
            state.pending = []
            return records
        }
        guard !records.isEmpty else { return }
        do throws(MintError) {
            try send(records, to: url, settings, until: deadline)
        } catch {
            try change { state throws(MintError) in
                // Whoever goes on tries again with the next.
                if state.pending.count < 2 * AuditTrail.mostPending { state.pending = records + state.pending }
            }
            throw error
        }
    }

    private func sendBacklog(
        to url: HTTPURL, _ settings: AuditTrail.Settings, until deadline: Duration
    ) throws(MintError) {
        guard let log = try change({ state throws(MintError) in state.keepingLog }),
            context.files.facts(of: AuditTrail.cursorPath(of: log)) != nil
        else { return }
        while true {
            let step = try sendBatch(of: log, to: url, settings, until: deadline)
            if let failure = step.failure { throw failure }
            guard !step.backlog.isComplete else {
                return settings.file == nil ? empty(log, behind: step.backlog.cursor) : ()
            }
            guard clock.uptime() < deadline else {
                guard settings.isRequired else { return }
                throw MintError(.auditUnavailable, "more wait for it than it takes in 20 s")
            }
        }
    }

    private func sendBatch(
        of log: String, to url: HTTPURL, _ settings: AuditTrail.Settings, until deadline: Duration
    ) throws(MintError) -> (backlog: AuditBacklog, failure: MintError?) {
        var step: (backlog: AuditBacklog, failure: MintError?)?
        do throws(FileFailure) {
            try context.files.updateLog(AuditTrail.cursorPath(of: log), until: deadline, clock: clock) {
                end throws(FileFailure) in
                let text = try end.last(AuditCursor.byteLimit)
                guard !AuditCursor.isForeign(text) else {
                    throw FileFailure(
                        AuditTrail.cursorPath(of: log), "hfmint did not write what it holds; move it away")
                }
                let backlog = try AuditBacklog(log, behind: AuditCursor(text), in: context.machine)
                step = (backlog, nil)
                guard !backlog.records.isEmpty else { return nil }
                do throws(MintError) {
                    try send(backlog.records, to: url, settings, until: deadline)
                    return backlog.cursor.bytes
                } catch {
                    step = (backlog, error)
                    return nil
                }
            }
        } catch {
            throw MintError(.auditUnavailable, "'\(error.path)': \(error.reason)")
        }
        guard let step else { throw MintError(.auditUnavailable, "'\(log)' could not be read") }
        return step
    }

    /// A log that only kept what was to be sent has done its work.
    private func empty(_ log: String, behind cursor: AuditCursor) {
        try? context.files.updateLog(log, until: clock.uptime(), clock: clock) { end throws(FileFailure) in
            end.byteCount > 0 && end.byteCount == cursor.offset ? [] : nil
        }
    }

    func send(
        _ records: [AuditExport.Record], to url: HTTPURL, _ settings: AuditTrail.Settings, until deadline: Duration
    ) throws(MintError) {
        try Attempts(until: deadline).repeating(in: context) { attempts throws(MintError) in
            try attempt(records, to: url, settings, attempts.limits(clock))
        }
    }

    private func attempt(
        _ records: [AuditExport.Record], to url: HTTPURL, _ settings: AuditTrail.Settings, _ limits: HTTPLimits
    ) throws(MintError) {
        var limits = limits
        limits.totalMilliseconds = min(limits.totalMilliseconds, settings.isRequired ? 10_000 : 3_000)
        let response: HTTPResponse
        do throws(TransportError) {
            response = try context.send(
                AuditExport.request(to: url), credential: credential(settings),
                body: .json(AuditExport.body(records).rendered()), limits: limits)
        } catch {
            throw MintError(.auditUnavailable, error.reason, isTransient: error.isTransient)
        }
        guard (200...299).contains(response.status) else {
            throw MintError(
                .auditUnavailable, "it answered \(response.status)",
                isTransient: AuditExport.isTransient(response.status),
                retryAfterSeconds: response.retryAfterSeconds(now: clock.now()))
        }
        guard let rejected = AuditExport.rejectedCount(in: response.body) else {
            throw MintError(.auditUnavailable, "it answered \(response.status), but not as a collector does")
        }
        guard rejected == 0 else {
            throw MintError(.auditUnavailable, "it rejected \(rejected) of \(records.count)")
        }
    }

    private func credential(_ settings: AuditTrail.Settings) -> HTTPCredential {
        guard let credential = settings.credential else { return .none }
        return .header(name: credential.header, prefix: "", credential.value.secret.duplicate())
    }
}
