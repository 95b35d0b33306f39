extension Check {
    /// The most common mistake with publishers of this kind: <https://github.com/pypi/warehouse/issues/11096>.
    static let reusableWorkflow = Check.ofClaims(
        id: "reusable-workflow", title: "whether the job belongs to the workflow that was started, or to one it calls"
    ) { claims, examination in
        guard let files = claims.workflowFiles else { return [.skip("the ID token names no workflow file")] }
        guard claims.isReusableWorkflow else {
            return [.ok("the job is in the workflow that was started, \(files.caller)")]
        }
        let facts = [
            Finding.Fact("caller", claims["workflow_ref"]), Finding.Fact("callee", claims["job_workflow_ref"]),
        ]
        let message = "the job is in \(files.callee), which \(files.caller) calls"
        let pins = ["workflow", "workflow_ref", "job_workflow_ref"]
        guard !pins.contains(where: { examination.expectation($0) != nil }) else {
            return [.ok("\(message); see `expect`", facts: facts)]
        }
        return [
            .warn(
                "\(message); the Hub does not say which of the two its `workflow` means",
                next: "pin the claims themselves: workflow_ref=\(claims["workflow_ref"] ?? "") is the caller,"
                    + " job_workflow_ref=\(claims["job_workflow_ref"] ?? "") the workflow that holds the job",
                facts: facts)
        ]
    }
}
