/// The workflow that was started, and the one that holds the job: the same, unless one calls the other.
struct Workflows {
    let caller: Workflow
    let callee: Workflow

    /// Whether the job comes from a workflow that another one calls.
    var isReusable: Bool { !caller.ref.utf8.elementsEqual(callee.ref.utf8) }

    struct Workflow {
        /// The claim that names it, and the claim's value.
        let claim: String
        let ref: String
        /// The name of its file.
        let file: String

        /// What to pin, so that it is meant and no other.
        var pin: String { "\(claim)=\(ref)" }
    }
}

extension Claims {
    /// Both workflows; `nil` where no claim of the provider names one.
    var workflows: Workflows? {
        guard let names = meaning.workflows, let caller = workflow(names.caller, names) else { return nil }
        return Workflows(caller: caller, callee: workflow(names.callee, names) ?? caller)
    }

    private func workflow(_ claim: String, _ names: ProviderClaims.WorkflowClaims) -> Workflows.Workflow? {
        guard let ref = self[claim], let file = names.file(ref) else { return nil }
        return Workflows.Workflow(claim: claim, ref: ref, file: file)
    }
}
