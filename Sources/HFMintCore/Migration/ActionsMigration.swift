/// The migration of a workflow of GitHub Actions or Forgejo Actions.
///
/// <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax>
struct ActionsMigration: Sendable {
    let provider: Provider
    var editor: WorkflowEditor

    struct Step {
        let item: YAMLItem
        /// The variables of the step in which the token is handed in.
        let tokens: [YAMLEntry]
        let script: ShellScript?
    }

    @Sendable private static func isHandedIn(_ value: String) -> Bool { TokenName.secret(in: value) != nil }

    mutating func run() {
        let root = editor.reader.root
        do throws(Doubt) {
            let ofAll = try editor.tokens(in: root["env"], isHandedIn: Self.isHandedIn)
            let jobs = root["jobs"]?.value.entries ?? []
            var isReached = false
            for job in jobs where !ofAll.isEmpty || editor.isMentioned(in: job.lines) {
                do throws(Doubt) {
                    try take(job, ofAll, isOnlyOne: jobs.count == 1)
                } catch {
                    editor.doubts.append(error)
                }
                isReached = true
            }
            if isReached, let env = root["env"], !ofAll.isEmpty {
                try editor.refuseOdd(in: env.lines)
                try editor.remove(ofAll, from: env, of: root)
            }
            if isReached, editor.doubts.isEmpty { noteTriggers(root) }
        } catch {
            editor.doubts.append(error)
        }
        let seen = self
        editor.doubtTheRest { line in seen.reason(for: line) }
    }

    /// Changes one job.
    ///
    /// - Parameter ofAll: the variables of the whole workflow that hand the token in.
    private mutating func take(_ job: YAMLEntry, _ ofAll: [YAMLEntry], isOnlyOne: Bool) throws(Doubt) {
        try refuseUnsuitable(job)
        let node = job.value
        let ofJob = try editor.tokens(in: node["env"], isHandedIn: Self.isHandedIn)
        guard let items = node["steps"]?.value.items else { throw Doubt(at: job.line, "its steps are no plain list") }
        var steps: [Step] = []
        for item in items { steps.append(try step(item)) }
        let names = (ofAll + ofJob).map(\.key)
        let users = steps.filter { step in
            !step.tokens.isEmpty || step.script?.namesToken == true || !names.isEmpty && step.script?.uploads == true
        }
        guard names.isEmpty || isOnlyOne || !ofJob.isEmpty || !users.isEmpty else {
            throw Doubt(
                at: job.line,
                "the variables of the whole workflow reach it, and nothing shows whether it needs the token: hand it to"
                    + " the jobs that do")
        }
        for step in users { try step.script?.refuseUnclear() }
        var needs: [TokenNeed] = []
        let known = editor.given ?? ShellScript.onlyResource(of: steps.compactMap(\.script))
        var served: Resource?
        if !names.isEmpty,
            try takeShared(in: node, steps, usedBy: users, names: names, given: known, &needs)
        {
            served = needs.last?.resource
        }
        for step in users {
            guard let script = step.script else { continue }
            let need = try TokenNeed(
                of: [script], names: names + step.tokens.map(\.key), given: known, at: step.item.line)
            needs.append(need)
            var commands = need.commands()
            if let served, served == need.resource, need.exported == nil, !script.logsIn {
                commands = need.needsGit ? [ShellScript.setUpGit] : []
            }
            try refuseShell(of: step.item.value, job)
            let changed = try script.change(
                commands, atTop: !names.isEmpty || !step.tokens.isEmpty, in: editor.reader, secrets: editor.secrets,
                &editor.edits)
            editor.explained.formUnion(changed)
            // The latest exchange counts, and a step with a condition may not run.
            if script.logsIn, step.item.value["if"] == nil {
                served = need.resource
            } else if need.resource != nil, need.resource != served {
                served = nil
            }
        }
        for step in steps {
            guard let env = step.item.value["env"] else { continue }
            try editor.remove(step.tokens, from: env, of: step.item.value)
        }
        if let env = node["env"] { try editor.remove(ofJob, from: env, of: node) }
        guard !needs.isEmpty else { return }
        let needsGit = needs.contains { $0.needsGit }
        try permit(job, needsGit: needsGit)
        try refuseShell(of: nil, job)
        addLastStep(items, needsGit)
        let environment = node["environment"]?.value
        editor.jobs.append(
            MigratedJob(
                name: job.key, resources: needs.flatMap(\.resources),
                environment: (environment?.scalar ?? environment?["name"]?.value.scalar)?.literal))
    }

    /// Gets the token once, for all steps of a job: in a step of its own, unless one step logs in or is the only one.
    ///
    /// - Returns: whether the steps have the token by it.
    private mutating func takeShared(
        in node: YAMLNode, _ steps: [Step], usedBy users: [Step], names: [String], given known: Resource?,
        _ needs: inout [TokenNeed]
    ) throws(Doubt) -> Bool {
        let scripts = steps.compactMap { step in step.script.map { (step.item, $0) } }
        guard let (item, script) = scripts.first else {
            throw Doubt(at: node.lines.lowerBound, "none of its steps is a script that hfmint can see")
        }
        if scripts.count == 1 {
            guard users.isEmpty else { return false }
            let need = try TokenNeed(of: [script], names: names, given: known, at: item.line)
            let changed = try script.change(
                need.commands(), atTop: true, in: editor.reader, secrets: editor.secrets, &editor.edits)
            editor.explained.formUnion(changed)
            needs.append(need)
            return true
        }
        let isCustom = names.contains { !TokenName.ofLibraries.contains($0) }
        guard !isCustom, !scripts.contains(where: { $0.1.logsIn }) else { return false }
        let need = try TokenNeed(of: scripts.map(\.1), names: [], given: known, at: node.lines.lowerBound)
        guard let command = need.stepCommand else { return false }
        needs.append(need)
        insertStep(["name: Get the Hugging Face token", "run: \(command)"], before: item, steps.map(\.item))
        return true
    }

    private mutating func step(_ item: YAMLItem) throws(Doubt) -> Step {
        let node = item.value
        guard node.entries != nil else {
            guard editor.isMentioned(in: item.lines) else { return Step(item: item, tokens: [], script: nil) }
            throw Doubt(at: item.line, "the step is written in a form that hfmint does not edit")
        }
        let tokens = try editor.tokens(in: node["env"], isHandedIn: Self.isHandedIn)
        guard let run = node["run"] else {
            guard tokens.isEmpty else { throw Doubt(at: tokens[0].line, Self.actionReason(node)) }
            return Step(item: item, tokens: [], script: nil)
        }
        do throws(Doubt) {
            let script = try ShellScript(
                run.value, keyColumn: run.column, in: editor.reader, secrets: editor.secrets)
            if script.callsHFMint, tokens.isEmpty {
                editor.explained.formUnion(script.servedLines)
                return Step(item: item, tokens: [], script: nil)
            }
            return Step(item: item, tokens: tokens, script: script)
        } catch {
            guard tokens.isEmpty, !editor.isMentioned(in: item.lines) else { throw error }
            return Step(item: item, tokens: [], script: nil)
        }
    }
}

extension YAMLScalar {
    /// The text if nothing fills in a part of it, or nil.
    var literal: String? { isOneLine && !text.isEmpty && !text.hasPart("$") ? text : nil }
}
