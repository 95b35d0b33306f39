extension Check {
    /// Finds the most common mistake with publishers of this kind: <https://github.com/pypi/warehouse/issues/11096>.
    static let reusableWorkflow = Check.ofClaims(
        id: "reusable-workflow", title: "whether the job belongs to the workflow that was started, or to one it calls"
    ) { claims, examination in
        guard let workflows = claims.workflows else { return .skip("the ID token names no workflow file") }
        let (caller, callee) = (workflows.caller, workflows.callee)
        guard workflows.isReusable else { return .ok("the job is in the workflow that was started, \(caller.file)") }
        let facts = [Finding.Fact("caller", caller.ref), Finding.Fact("callee", callee.ref)]
        let message = "the job is in \(callee.file), which \(caller.file) calls"
        let pins = ["workflow", caller.claim, callee.claim]
        guard !pins.contains(where: { examination.expectation($0) != nil }) else {
            return .ok("\(message); see `expect`", facts: facts)
        }
        return .warn(
            "\(message); the Hub does not say which of the two its `workflow` means",
            next: "pin the claims themselves: \(caller.pin) is the caller,"
                + " \(callee.pin) the workflow that holds the job", facts: facts)
    }
}
