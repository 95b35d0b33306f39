/// Delivery to a collector.
///
/// Records that the collector has not taken stay in the log, behind a cursor. The next command sends them, in order and
/// with the same heads. One process sends at a time: it holds the kernel lock of the cursor during its request, and the
/// others then find their records taken. One thread sends at a time, for all that wait. It holds no lock of this
/// process, so that other threads can record meanwhile.
extension AuditTrail {
    /// How long a refusal is remembered, so that the next records do not wait for another one.
    private static let refusalLifetime = Duration.seconds(30)

    /// One delivery: where it goes, and until when.
    struct Delivery {
        let url: HTTPURL
        let settings: Settings
        let deadline: Uptime
        /// The caller's, whose environment the requests use.
        let context: Context
    }

    /// Sends what the collector must have taken before an act, if the audit log is required.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable``.
    package func sendRequiredRecords(in context: Context) throws(MintError) {
        if settings?.isRequired == true { try sendRecords(in: context) }
    }

    /// Sends what the collector has not taken yet.
    ///
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
            let delivery = Delivery(url: url, settings: settings, deadline: deadline, context: context)
            try sendPending(delivery)
            try sendBacklog(delivery)
            return nil
        } catch {
            let now = clock.uptime()
            if settings.isRequired { change { $0.refusal = (error, now) } }
            return error
        }
    }

    /// Returns how many records the collector has not taken, or nil if they are too many to be counted quickly.
    package func waitingRecords() -> Int? {
        guard let log = change({ $0.settings?.url == nil ? nil : $0.log }) else { return 0 }
        let path = AuditTrail.cursorPath(of: log)
        guard let text = (try? machine.files.read(path, limit: AuditCursor.byteLimit)) ?? nil else { return 0 }
        var cursor = AuditCursor(text.reveal { $0.bytes })
        var count = 0
        for _ in 0..<100 {
            guard let backlog = try? AuditBacklog(log, behind: cursor, in: machine) else { return count }
            count += backlog.records.count
            if backlog.isComplete { return count }
            cursor = backlog.cursor
        }
        return nil
    }

    /// Sends the records that no log keeps; if that fails, the next delivery tries them again.
    private func sendPending(_ delivery: Delivery) throws(MintError) {
        let records = change { state in
            defer { state.pending = [] }
            return state.pending
        }
        guard !records.isEmpty else { return }
        do throws(MintError) {
            try send(records, by: delivery)
        } catch {
            change { state in
                if state.pending.count < 2 * AuditTrail.mostPending { state.pending = records + state.pending }
            }
            throw error
        }
    }

    /// Sends the records of the log behind its cursor, in as many requests as that takes.
    private func sendBacklog(_ delivery: Delivery) throws(MintError) {
        guard let log = change({ $0.keepingLog }),
            machine.files.facts(of: AuditTrail.cursorPath(of: log)) != nil
        else { return }
        while true {
            let backlog = try sendBatch(of: log, by: delivery)
            guard !backlog.isComplete else {
                return delivery.settings.file == nil ? empty(log, behind: backlog.cursor) : ()
            }
            guard clock.uptime() < delivery.deadline else {
                guard delivery.settings.isRequired else { return }
                throw MintError(.auditUnavailable, "more wait for it than it takes in 20 s")
            }
        }
    }

    /// Sends as many records of the log as one request carries.
    ///
    /// - Returns: the records that were sent, and how far they lead.
    private func sendBatch(of log: String, by delivery: Delivery) throws(MintError) -> AuditBacklog {
        let path = AuditTrail.cursorPath(of: log)
        var sent: Result<AuditBacklog, MintError>?
        do throws(FileFailure) {
            try machine.files.updateLog(path, until: delivery.deadline, clock: clock) { end throws(FileFailure) in
                let text = try end.last(AuditCursor.byteLimit)
                guard !AuditCursor.isForeign(text) else {
                    throw FileFailure(path, "hfmint did not write what it holds; move it away")
                }
                let backlog = try AuditBacklog(log, behind: AuditCursor(text), in: machine)
                sent = .success(backlog)
                guard !backlog.records.isEmpty else { return nil }
                do throws(MintError) {
                    try send(backlog.records, by: delivery)
                    return backlog.cursor.bytes
                } catch {
                    sent = .failure(error)
                    return nil
                }
            }
        } catch {
            throw MintError(.auditUnavailable, "'\(error.path)': \(error.reason)")
        }
        guard let sent else { throw MintError(.auditUnavailable, "'\(log)' could not be read") }
        return try sent.get()
    }

    /// Empties a log that only kept records for the collector, once it has taken all of them.
    private func empty(_ log: String, behind cursor: AuditCursor) {
        try? machine.files.updateLog(log, until: clock.uptime(), clock: clock) { end throws(FileFailure) in
            end.byteCount > 0 && end.byteCount == cursor.offset ? [] : nil
        }
    }

    func send(_ records: [AuditExport.Record], by delivery: Delivery) throws(MintError) {
        try Attempts(until: delivery.deadline).repeating(in: delivery.context) { attempts throws(MintError) in
            try attempt(records, by: delivery, attempts.limits(clock))
        }
    }

    private func attempt(
        _ records: [AuditExport.Record], by delivery: Delivery, _ limits: HTTPLimits
    ) throws(MintError) {
        var limits = limits
        limits.totalMilliseconds = min(limits.totalMilliseconds, delivery.settings.isRequired ? 10_000 : 3_000)
        let response: HTTPResponse
        do throws(TransportError) {
            response = try delivery.context.send(
                AuditExport.request(to: delivery.url), credential: delivery.credential,
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
        guard rejected == 0 else { throw MintError(.auditUnavailable, "it rejected \(rejected) of \(records.count)") }
    }
}

extension AuditTrail.Delivery {
    fileprivate var credential: HTTPCredential {
        guard let credential = settings.credential else { return .none }
        return .header(name: credential.header, prefix: "", credential.value.secret.duplicate())
    }
}
