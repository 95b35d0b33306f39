internal import HFMintCore

/// What a command that is about a token begins with: where the Hub is, what a manifest lets this job have, and whom the
/// token is for.
///
/// A command makes one session when it runs, of the kind that it needs; each part is made once, in the order of the
/// initialiser, and handed on. What a ``TokenSession`` adds comes after the command has found out what is asked for, so
/// that a slip of the command line is told first.
struct Session {
    let call: Call
    let authority: Authority
    /// `nil` where no manifest was named, or none is read.
    let gate: Gate?
    /// By the role of a manifest or by the command line; `nil` for the job itself.
    let member: OrganizationMember?

    /// - Parameters:
    ///   - authority: where the caller has said already which Hub is meant.
    ///   - readsManifest: `false` where a later call will read it.
    init(_ call: Call, authority: Authority? = nil, readsManifest: Bool = true) throws(MintError) {
        self.call = call
        self.authority =
            if let authority { authority } else { try call.arguments.authority(in: call.context.environment) }
        gate = readsManifest ? try call.openGate() : nil
        member = try call.arguments.member(under: gate)
    }
}

extension Examination.Question {
    /// What `doctor` begins with: a slip of the command line is an error, and what variables and the manifest say is a
    /// finding.
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
        do throws(MintError) {
            gate = try call.openGate().map { .success($0) }
        } catch {
            guard error.code == .manifestInvalid else { throw error }
            gate = .failure(error)
        }
        source = arguments.idTokenSource
        detected = Provider.allDetected(in: context.job)
        provider = try source.provider.map { name throws(MintError) in try Provider.named(name) } ?? detected.first
    }
}

/// What `forget` and `revoke` begin with: which job this is, and where its tokens lie.
///
/// They do their work whatever a manifest says, and record it afterwards.
struct EndSession {
    let provider: Provider?
    let directory: JobDirectory
    private let call: Call

    init(_ call: Call) throws(MintError) {
        self.call = call
        call.beginAudit()
        provider = try Provider.here(call.arguments.value(.provider), in: call.context)
        directory = call.jobDirectory(of: provider)
    }

    /// Records what has been done.
    func record(_ event: AuditEvent) throws(MintError) {
        directory.openForRecords(of: call.audit, in: call.context)
        try call.audit.record(event, in: call.context)
    }
}
