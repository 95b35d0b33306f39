/// Delivery to a collector.
///
/// Records that the collector has not taken stay in the log, behind a cursor. The next command sends them, in order and
/// with the same heads. One process sends at a time: it holds the kernel lock of the cursor during its request, and the
/// others then find their records taken. One thread sends at a time, for all that wait. It holds no lock of this
/// process, so that other threads can record meanwhile.
extension AuditTrail {
    /// How long a refusal is remembered, so that the next records do not wait for another one.
    private static let refusalLifetime = Duration.seconds(30)

    /// Sends what the collector must have taken before an act, if the audit log is required.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable``.
    package func sendRequiredRecords(in context: Context) throws(MintError) {
        if settings?.isRequired == true { try sendRecords(in: context) }
    }

    /// Sends what the collector has not taken yet.
    ///
    /// - Parameter context: the caller's, whose environment the requests use.
    /// - Throws: ``MintError/Code/auditUnavailable`` if the audit log is required; otherwise a failure is told once.
    package func sendRecords(in context: Context) throws(MintError) {
        guard let settings, let url = settings.url else { return }
        let reason = deliveries.take((), waitingWith: machine.workers) { _ in deliver(to: url, settings, in: context) }
        guard let reason else { return }
        try fail("\(url.origin.host) did not take the records: \(reason.message)", settings, context)
        // No later command finds these records.
        if change({ !$0.pending.isEmpty }) {
            noteOnce("nothing keeps what it has not taken: it is lost unless this command can still send it", context)
        }
    }

    /// Returns why the collector did not take everything, or nil; called by one thread at a time.
    private func deliver(to url: HTTPURL, _ settings: Settings, in context: Context) -> MintError? {
        if settings.isRequired, let refusal = change({ $0.refusal }),
            clock.uptime() - refusal.at < Self.refusalLifetime
        {
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

    /// Returns how many records the collector has not taken, or nil if they are too many to be counted quickly.
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

    /// Sends the records that no log keeps.
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
                // The next delivery tries them again.
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
            let batch = try sendBatch(of: log, to: url, settings, until: deadline, in: context)
            if let failure = batch.failure { throw failure }
            guard !batch.backlog.isComplete else {
                return settings.file == nil ? empty(log, behind: batch.backlog.cursor) : ()
            }
            guard clock.uptime() < deadline else {
                guard settings.isRequired else { return }
                throw MintError(.auditUnavailable, "more wait for it than it takes in 20 s")
            }
        }
    }

    /// Records that were sent in one request, and why the collector did not take them.
    private struct Batch {
        let backlog: AuditBacklog
        var failure: MintError?
    }

    private func sendBatch(
        of log: String, to url: HTTPURL, _ settings: Settings, until deadline: Uptime, in context: Context
    ) throws(MintError) -> Batch {
        var batch: Batch?
        do throws(FileFailure) {
            try machine.files.updateLog(AuditTrail.cursorPath(of: log), until: deadline, clock: clock) {
                end throws(FileFailure) in
                let text = try end.last(AuditCursor.byteLimit)
                guard !AuditCursor.isForeign(text) else {
                    throw FileFailure(
                        AuditTrail.cursorPath(of: log), "hfmint did not write what it holds; move it away")
                }
                let backlog = try AuditBacklog(log, behind: AuditCursor(text), in: machine)
                batch = Batch(backlog: backlog)
                guard !backlog.records.isEmpty else { return nil }
                do throws(MintError) {
                    try send(backlog.records, to: url, settings, until: deadline, in: context)
                    return backlog.cursor.bytes
                } catch {
                    batch?.failure = error
                    return nil
                }
            }
        } catch {
            throw MintError(.auditUnavailable, "'\(error.path)': \(error.reason)")
        }
        guard let batch else { throw MintError(.auditUnavailable, "'\(log)' could not be read") }
        return batch
    }

    /// Empties a log that only kept records for the collector, once it has taken all of them.
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
