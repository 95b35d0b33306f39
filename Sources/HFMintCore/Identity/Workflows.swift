/// The workflow that was started, and the one that holds the job; they differ if one calls the other.
struct Workflows {
    let caller: Workflow
    let callee: Workflow

    /// Whether the started workflow calls the one that holds the job.
    var isReusable: Bool { !caller.ref.utf8.elementsEqual(callee.ref.utf8) }

    struct Workflow {
        /// The claim that names the workflow, and its value.
        let claim: String
        let ref: String
        /// The name of its file.
        let file: String

        /// The claim to pin, so that only this workflow fits.
        var pin: String { "\(claim)=\(ref)" }
    }
}

extension Claims {
    /// The workflows of the job, or nil if no claim of the provider names one.
    var workflows: Workflows? {
        guard let names = meaning.workflows, let caller = workflow(names.caller, names) else { return nil }
        return Workflows(caller: caller, callee: workflow(names.callee, names) ?? caller)
    }

    private func workflow(_ claim: String, _ names: ProviderClaims.WorkflowClaims) -> Workflows.Workflow? {
        guard let ref = self[claim], let file = names.file(ref) else { return nil }
        return Workflows.Workflow(claim: claim, ref: ref, file: file)
    }
}
