extension Machine {
    package func readLog(_ path: String) throws(FileFailure) -> (any LogReader)? {
        try files.readLog(path, until: clock.uptime() + AuditTrail.patience, clock: clock)
    }
}

/// Records are written to the log.
///
/// While one thread writes, the records of the others wait. The next write takes all of them together, with one lock,
/// one append and one flush. Each thread continues when its own record is durable, or gets the failure.
extension AuditTrail {
    /// How long a write waits for another process that writes the file.
    static let patience = Duration.seconds(10)

    /// The result of one write, for each thread whose record was in it.
    struct Written: Sendable {
        var failure: FileFailure?
        /// A sentence to tell the caller, also if nothing failed.
        var remark: String?
    }

    /// Appends `event` to the log and waits until it is durable, or keeps it for the collector.
    ///
    /// - Parameter context: the caller's, which is told of a failure.
    /// - Throws: ``MintError/Code/auditUnavailable`` if the audit log is required; otherwise a failure is told once.
    package func record(_ event: AuditEvent, in context: Context) throws(MintError) {
        try record([event], in: context)
    }

    /// Appends `events`, in their order and with one write, and waits until they are durable, as for one.
    ///
    /// - Returns: why they may be missing from an audit log that is not required; nil if they are recorded.
    /// - Throws: as for one.
    @discardableResult
    package func record(_ events: [AuditEvent], in context: Context) throws(MintError) -> FileFailure? {
        guard let settings, !isRehearsed, !events.isEmpty else { return nil }
        let written = writes.take(events, waitingWith: machine.workers) { write(Array($0.joined()), settings) }
        if let remark = written.remark { noteOnce(remark, context) }
        if let failure = written.failure {
            try fail("cannot write '\(failure.path)': \(failure.reason)", settings, context)
        }
        if change({ $0.pending.count >= AuditTrail.mostPending }) { try sendRecords(in: context) }
        return written.failure
    }

    /// Checks whether a record could be kept: looks at the file, and sends a required collector an empty request.
    ///
    /// - Throws: ``MintError/Code/auditUnavailable``, whether or not the audit log is required.
    package func rehearseRecords(in context: Context) throws(MintError) {
        guard let settings else { return }
        if let file = settings.file {
            do throws(FileFailure) {
                try machine.files.checkLog(file) { end throws(FileFailure) in
                    _ = try AuditChain(end, path: file, random: machine.random)
                }
            } catch {
                throw MintError(.auditUnavailable, "audit: cannot write '\(error.path)': \(error.reason)")
            }
        }
        guard settings.isRequired, let url = settings.url else { return }
        do throws(MintError) {
            let deadline = clock.uptime() + Self.patience
            try send([], by: Delivery(url: url, settings: settings, deadline: deadline, context: context))
        } catch {
            throw MintError(
                .auditUnavailable, "audit: \(url.origin.host) does not take records: \(error.message)")
        }
    }

    /// Writes the records; called by one thread at a time.
    private func write(_ events: [AuditEvent], _ settings: Settings) -> Written {
        var written = Written()
        do throws(FileFailure) {
            try append(events, settings, &written.remark)
        } catch {
            written.failure = error
            // The collector may still take the records.
            if !settings.isRequired { try? extendInMemory(events, settings) }
        }
        return written
    }

    private func append(_ events: [AuditEvent], _ settings: Settings, _ remark: inout String?) throws(FileFailure) {
        guard let log = change({ $0.log }), settings.file != nil || settings.url != nil else {
            return try extendInMemory(events, settings)
        }
        if settings.url != nil { remark = beginCursor(of: log) }
        let isKept = change { $0.keepingLog } != nil
        // Without a file, a log only keeps records for the collector; without a cursor, it cannot.
        guard settings.file != nil || isKept else { return try extendInMemory(events, settings) }
        var links: [AuditChain.Link] = []
        try machine.files.appendToLog(log, until: clock.uptime() + Self.patience, clock: clock) {
            end throws(FileFailure) in
            guard settings.file != nil || end.byteCount <= AuditTrail.mostSpooled else {
                throw FileFailure(log, "\(AuditTrail.mostSpooled >> 20) MiB of records wait in it already")
            }
            var chain = try AuditChain(end, path: log, random: machine.random)
            links = try extend(&chain, events, log)
            return chain.bytes(of: links)
        }
        keep(links, settings, isLogged: isKept)
    }

    /// Writes the cursor before the first record for the collector, or returns a remark if it cannot be written.
    private func beginCursor(of log: String) -> String? {
        let path = AuditTrail.cursorPath(of: log)
        guard !change({ $0.keepsInMemory }), machine.files.facts(of: path) == nil else { return nil }
        do throws(FileFailure) {
            try machine.files.updateLog(path, until: clock.uptime() + Self.patience, clock: clock) {
                end throws(FileFailure) in
                end.byteCount == 0 ? try AuditCursor(endOf: log, in: machine).bytes : nil
            }
            return nil
        } catch {
            change { $0.keepsInMemory = true }
            return "cannot write '\(error.path)': \(error.reason);"
                + " what the collector does not take now is not sent again later"
        }
    }

    private func extendInMemory(_ events: [AuditEvent], _ settings: Settings) throws(FileFailure) {
        guard change({ $0.pending.count < AuditTrail.mostInMemory }) else {
            throw FileFailure("the audit log", "\(AuditTrail.mostInMemory) records wait in memory already")
        }
        var chain = change { $0.chain } ?? AuditChain(beginningWith: machine.random)
        let links = try extend(&chain, events, "the audit log")
        change { [chain] in $0.chain = chain }
        keep(links, settings, isLogged: false)
    }

    private func extend(
        _ chain: inout AuditChain, _ events: [AuditEvent], _ path: String
    ) throws(FileFailure) -> [AuditChain.Link] {
        do throws(MintError) {
            var links: [AuditChain.Link] = []
            for event in events {
                links += try chain.extend(with: event, at: clock.now(), digests: machine.digests)
            }
            return links
        } catch {
            throw FileFailure(path, error.message)
        }
    }

    private func keep(_ links: [AuditChain.Link], _ settings: Settings, isLogged: Bool) {
        let isPending = settings.url != nil && !isLogged
        let records = isPending ? links.compactMap { AuditExport.Record($0.line, machine.digests) } : []
        change { state in
            state.head = links.last?.head ?? state.head
            state.pending += records
        }
    }
}
