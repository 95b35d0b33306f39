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
