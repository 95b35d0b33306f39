internal import HFMintCore

/// The start of a command about a token: where the Hub is, what a manifest allows, and whom the token is for.
///
/// A command makes one session when it runs, and hands its parts on. `exchange`, `run` and the git helper add a
/// ``TokenSession`` after they know what they are asked for, so that a mistake on the command line is reported first.
/// `doctor` begins with an `Examination.Question`, `forget` and `revoke` with an ``EndSession``, `rotate` with a
/// ``RotateSession``.
struct Session {
    let call: Call
    let authority: Authority
    /// The provider that this job's variables show, or nil.
    let detected: Provider?
    /// `nil` if no manifest was named, or the manifest is not read.
    let gate: Gate?
    /// The member that the token is for; `nil` for the job itself.
    let member: OrganizationMember?

    /// - Parameters:
    ///   - authority: the Hub, if the caller knows it already.
    ///   - readsManifest: `false` if a later call of hfmint reads it.
    init(_ call: Call, authority: Authority? = nil, readsManifest: Bool = true) throws(MintError) {
        self.call = call
        self.authority =
            if let authority { authority } else { try call.arguments.authority(in: call.context.environment) }
        detected = Provider.detected(in: call.context.job)
        gate = readsManifest ? try call.openGate(on: detected) : nil
        member = try call.arguments.member(under: gate)
    }
}

extension Examination.Question {
    /// Begins `doctor`: a mistake on the command line is thrown; one in a variable or the manifest becomes a finding.
    init(_ call: Call) throws(MintError) {
        let (arguments, context) = (call.arguments, call.context)
        self.init()
        resource = arguments.operands.first
        expectations = try Expectation.parse(arguments.values(.expect))
        allowsUntrustedEvent = arguments.has(.allowUntrustedEvent)
        stateDirectory = arguments.value(.stateDirectory)
        timeLimit = try arguments.timeLimit()
        do throws(MintError) {
            authority = .success(try arguments.authority(in: context.environment))
        } catch {
            guard error.code != .usage || !arguments.has(.audience) else { throw error }
            authority = .failure(error)
        }
        detected = Provider.allDetected(in: context.job)
        do throws(MintError) {
            gate = try call.openGate(on: detected.first).map { .success($0) }
        } catch {
            guard error.code == .manifestInvalid else { throw error }
            gate = .failure(error)
        }
        source = arguments.idTokenSource
        provider = try Provider.chosen(source.provider, else: detected.first)
    }
}

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
