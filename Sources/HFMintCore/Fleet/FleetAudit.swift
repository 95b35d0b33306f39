/// Records each write of a fleet in the audit log: the intent before it, and its result after it, never a value.
struct FleetAudit: Sendable {
    private let trail: AuditTrail
    private let context: Context

    init(_ trail: AuditTrail, _ context: Context) {
        self.trail = trail
        self.context = context
    }

    /// Records the intent, acts, and records the result.
    ///
    /// - Parameters:
    ///   - words: what is done, after "about to": `set secrets.KEY`.
    ///   - proof: returns what was seen of the result; nil if no more than a yes was.
    /// - Throws: what `effect` throws; ``StepFailure/Kind/unwritten(_:)`` if a required record cannot be made. Before
    ///   the effect, that means that nothing was done.
    func act<Result>(
        _ resource: String, _ words: String, _ effect: () throws(StepFailure) -> Result,
        proof: (Result) -> String?
    ) throws(StepFailure) -> Result {
        try record(resource, "about to \(words)")
        try obeying { () throws(MintError) in try trail.sendRequiredRecords(in: context) }
        let made: Result
        do throws(StepFailure) {
            made = try effect()
        } catch {
            try record(resource, "\(words): \(error.message)", .failed)
            throw error
        }
        try record(resource, proof(made).map { "\(words): done, \($0)" } ?? "\(words): done")
        return made
    }

    /// Records something that is no write, such as the health that a resource has not reached.
    func record(_ resource: String, _ reason: String, _ verdict: AuditEvent.Verdict? = nil) throws(StepFailure) {
        let event = AuditEvent(.fleetWrite, resource: resource, decision: verdict, reason: reason)
        try obeying { () throws(MintError) in try trail.record(event, in: context) }
    }

    private func obeying(_ body: () throws(MintError) -> Void) throws(StepFailure) {
        do throws(MintError) {
            try body()
        } catch {
            var failure = FileFailure(trail.settings?.file ?? "audit", error.message)
            failure.isUnrecorded = true
            throw .unwritten(failure)
        }
    }
}
