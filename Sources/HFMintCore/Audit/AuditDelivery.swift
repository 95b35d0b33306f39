/// The road to a collector.
///
/// What it has not taken stays in the log, behind a cursor, and is sent by whichever command comes next, in order and
/// under the same heads. Of several processes one sends, and the others find their records taken: it holds the cursor's
/// kernel lock while its request is under way. Of several threads one sends as well, for all who wait meanwhile, and
/// holds no lock of this process; what is recorded meanwhile does not wait for it.
extension AuditTrail {
    /// How long a refusal speaks for the collector: what comes next need not wait for another one.
    private static let validity = Duration.seconds(30)

    /// Sends what the collector must have taken before an act; nothing where the log is not required.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable``.
    package func sendRequiredRecords(in context: Context) throws(MintError) {
        if settings?.isRequired == true { try sendRecords(in: context) }
    }

    /// Sends what the collector has not taken yet.
    ///
    /// - Parameter context: of whoever needs that: by its environment the collector is asked.
    /// - Throws: ``MintError/Code/auditUnavailable`` where it is required and cannot be done; otherwise it says so once.
    package func sendRecords(in context: Context) throws(MintError) {
        guard let settings, let url = settings.url else { return }
        let reason = deliveries.take((), waitingWith: machine.workers) { _ in deliver(to: url, settings, in: context) }
        guard let reason else { return }
        try fail("\(url.origin.host) did not take the records: \(reason.message)", settings, context)
        // No later command will find what nobody kept.
        if change({ !$0.pending.isEmpty }) {
            noteOnce("nothing keeps what it has not taken: it is lost unless this command can still send it", context)
        }
    }

    /// One thread at a time is here.
    ///
    /// - Returns: why not everything was taken, or `nil`.
    private func deliver(to url: HTTPURL, _ settings: Settings, in context: Context) -> MintError? {
        if settings.isRequired, let refusal = change({ $0.refusal }), clock.uptime() - refusal.at < Self.validity {
            return refusal.reason
        }
        do throws(MintError) {
            let deadline = clock.uptime() + (settings.isRequired ? .seconds(20) : .seconds(5))
            try sendPending(to: url, settings, until: deadline, in: context)
            try sendBacklog(to: url, settings, until: deadline, in: context)
            return nil
        } catch {
            let now = clock.uptime()
            if settings.isRequired { change { $0.refusal = (error, now) } }
            return error
        }
    }

    /// How many records a collector has not taken; `nil` where they are more than can be counted in a moment.
    package func waitingRecords() -> Int? {
        let log = change { $0.settings?.url == nil ? nil : $0.log }
        guard let log, let text = cursorText(of: log) else { return 0 }
        var cursor = AuditCursor(text)
        var count = 0
        for _ in 0..<100 {
            guard let backlog = try? AuditBacklog(log, behind: cursor, in: machine) else { return count }
            count += backlog.records.count
            if backlog.isComplete { return count }
            cursor = backlog.cursor
        }
        return nil
    }

    private func cursorText(of log: String) -> [UInt8]? {
        let path = AuditTrail.cursorPath(of: log)
        return (try? machine.files.read(path, limit: AuditCursor.byteLimit))??.reveal { $0.bytes }
    }

    /// Those that no log keeps.
    private func sendPending(
        to url: HTTPURL, _ settings: Settings, until deadline: Uptime, in context: Context
    ) throws(MintError) {
        let records = change { state in
            let records = state.pending
            state.pending = []
            return records
        }
        guard !records.isEmpty else { return }
        do throws(MintError) {
            try send(records, to: url, settings, until: deadline, in: context)
        } catch {
            change { state in
                // Whoever goes on tries again with the next.
                if state.pending.count < 2 * AuditTrail.mostPending { state.pending = records + state.pending }
            }
            throw error
        }
    }

    private func sendBacklog(
        to url: HTTPURL, _ settings: Settings, until deadline: Uptime, in context: Context
    ) throws(MintError) {
        guard let log = change({ $0.keepingLog }),
            machine.files.facts(of: AuditTrail.cursorPath(of: log)) != nil
        else { return }
        while true {
            let step = try sendBatch(of: log, to: url, settings, until: deadline, in: context)
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
        of log: String, to url: HTTPURL, _ settings: Settings, until deadline: Uptime, in context: Context
    ) throws(MintError) -> (backlog: AuditBacklog, failure: MintError?) {
        var step: (backlog: AuditBacklog, failure: MintError?)?
        do throws(FileFailure) {
            try machine.files.updateLog(AuditTrail.cursorPath(of: log), until: deadline, clock: clock) {
                end throws(FileFailure) in
                let text = try end.last(AuditCursor.byteLimit)
                guard !AuditCursor.isForeign(text) else {
                    throw FileFailure(
                        AuditTrail.cursorPath(of: log), "hfmint did not write what it holds; move it away")
                }
                let backlog = try AuditBacklog(log, behind: AuditCursor(text), in: machine)
                step = (backlog, nil)
                guard !backlog.records.isEmpty else { return nil }
                do throws(MintError) {
                    try send(backlog.records, to: url, settings, until: deadline, in: context)
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
        try? machine.files.updateLog(log, until: clock.uptime(), clock: clock) { end throws(FileFailure) in
            end.byteCount > 0 && end.byteCount == cursor.offset ? [] : nil
        }
    }

    func send(
        _ records: [AuditExport.Record], to url: HTTPURL, _ settings: Settings, until deadline: Uptime,
        in context: Context
    ) throws(MintError) {
        try Attempts(until: deadline).repeating(in: context) { attempts throws(MintError) in
            try attempt(records, to: url, settings, attempts.limits(clock), in: context)
        }
    }

    private func attempt(
        _ records: [AuditExport.Record], to url: HTTPURL, _ settings: Settings, _ limits: HTTPLimits,
        in context: Context
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

    private func credential(_ settings: Settings) -> HTTPCredential {
        guard let credential = settings.credential else { return .none }
        return .header(name: credential.header, prefix: "", credential.value.secret.duplicate())
    }
}
