internal import HFMintCore

/// What a command that gets a token begins with: where the Hub is, what a manifest lets this job have, and whom the token
/// is for.
///
/// A command makes one when it runs; each part is made once, in this order. What a ``TokenSession`` adds comes after the
/// command has found out what is asked for, so that a slip of the command line is told first.
struct Session {
    let call: Call
    let authority: Authority
    /// `nil` where no manifest was named.
    let gate: Gate?
    /// By the role of a manifest or by the command line; `nil` for the job itself.
    let member: OrganizationMember?

    /// - Parameter authority: where the caller has said already which Hub is meant.
    init(_ call: Call, authority: Authority? = nil) throws(MintError) {
        self.call = call
        self.authority =
            if let authority { authority } else { try call.arguments.authority(in: call.context.environment) }
        gate = try call.openGate()
        member = try call.arguments.member(under: gate)
    }
}
