internal import HFMintCore

/// The start of `forget` and `revoke`: which job this is, and where its tokens are.
///
/// Both work whatever a manifest says, and record it afterwards.
struct EndSession {
    let provider: Provider?
    let directory: JobDirectory
    private let call: Call

    init(_ call: Call) throws(MintError) {
        self.call = call
        let detected = Provider.detected(in: call.context.job)
        call.beginAudit(on: detected)
        provider = try Provider.chosen(call.arguments.value(.provider), else: detected)
        directory = call.jobDirectory(of: provider)
    }

    func record(_ event: AuditEvent) throws(MintError) {
        directory.openForRecords(of: call.audit, in: call.context)
        try call.audit.record(event, in: call.context)
    }
}
