/// The migration of `.circleci/config.yml`.
///
/// The token comes from a context or from the project's settings. What a step exports by BASH_ENV reaches the next
/// ones.
/// <https://circleci.com/docs/reference/configuration-reference/>
struct CircleCIMigration: Sendable {
    var editor: WorkflowEditor

    private struct Step {
        let item: YAMLItem
        let script: ShellScript
    }

    mutating func run() {
        let root = editor.reader.root
        for job in root["jobs"]?.value.entries ?? [] {
            editor.trying { (editor) throws(Doubt) in try Self.take(job, &editor) }
        }
        if !editor.jobs.isEmpty { noteContexts(root) }
        editor.doubtTheRest { line in
            switch root.keys(to: line).first {
            case "commands": "it is a command that several jobs share"
            case "workflows", "parameters": "it is a parameter"
            default: nil
            }
        }
    }

    private static func take(_ job: YAMLEntry, _ editor: inout WorkflowEditor) throws(Doubt) {
        guard let items = job.value["steps"]?.value.items else { return }
        var steps: [Step] = []
        for item in items {
            if let script = try script(of: item, editor) { steps.append(Step(item: item, script: script)) }
        }
        if steps.contains(where: { $0.script.callsHFMint }) {
            editor.explained.formUnion(steps.flatMap(\.script.servedLines))
            return
        }
        let users = steps.filter { $0.script.namesToken || $0.script.uploads }
        guard let first = users.first else { return }
        try editor.refuseOdd(in: job.lines)
        for key in ["macos", "executor"] {
            guard let entry = job.value[key] else { continue }
            let text = entry.lines.map { editor.text.lines[$0].text(0) }.joined()
            guard !text.hasPart("macos"), !text.hasPart("win") else {
                throw Doubt(at: entry.line, "hfmint runs on Linux alone")
            }
        }
        let known = editor.given ?? ShellScript.onlyResource(of: steps.map(\.script))
        var needs: [TokenNeed] = []
        for step in users { try step.script.refuseUnclear() }
        for step in users {
            let need = try TokenNeed(of: [step.script], names: [], given: known, at: step.item.line)
            // An exchange is for the steps after it too, until there is another.
            let served = needs.last { $0.resource != nil }?.resource
            let isServed =
                served != nil && (need.resource == nil || need.resource == served) && need.exported == nil
                && !step.script.logsIn
            let isSetUp = needs.contains { $0.needsGit } || !need.needsGit
            let commands = isServed ? (isSetUp ? [] : [ShellScript.setUpGit]) : need.commands()
            let changed = try step.script.change(
                commands, atTop: !step.script.logsIn, in: editor.reader, secrets: editor.secrets, &editor.edits)
            editor.explained.formUnion(changed)
            needs.append(need)
        }
        addLastStep(after: items, like: first.item, needs.contains { $0.needsGit }, &editor)
        editor.jobs.append(MigratedJob(name: job.key, resources: needs.flatMap(\.resources)))
    }

    private static func script(of item: YAMLItem, _ editor: WorkflowEditor) throws(Doubt) -> ShellScript? {
        guard let run = item.value["run"] else { return nil }
        let entry = run.value["command"] ?? run
        do throws(Doubt) {
            if let shell = run.value["shell"]?.value.scalar, !shell.text.hasPart("sh "), !shell.text.hasEnd("sh") {
                throw Doubt(at: shell.line, "its shell is '\(shell.text)', and the line is for sh and bash")
            }
            return try ShellScript(entry.value, keyColumn: entry.column, in: editor.reader, secrets: editor.secrets)
        } catch {
            guard !editor.isMentioned(in: item.lines) else { throw error }
            return nil
        }
    }

    private static func addLastStep(
        after items: [YAMLItem], like item: YAMLItem, _ undoesGit: Bool, _ editor: inout WorkflowEditor
    ) {
        guard let last = items.last else { return }
        let dash = String(repeating: " ", count: item.column) + "- "
        let indent = String(repeating: " ", count: item.column + 4)
        let command = TokenNeed.endScript("command", undoingGit: undoesGit, indent: indent)
        editor.edits.insert(
            ["\(dash)run:", "\(indent)name: Forget the Hugging Face token"] + command + ["\(indent)when: always"],
            before: last.lines.upperBound)
    }

    private mutating func noteContexts(_ root: YAMLNode) {
        let entries = root["workflows"]?.value.allEntries.filter { $0.key == "context" } ?? []
        let names = entries.flatMap { entry -> [String] in
            if let scalar = entry.value.scalar { return [scalar.text] }
            return entry.value.items?.compactMap { $0.value.scalar?.text } ?? []
        }
        for name in Set(names).sorted() where !name.isEmpty {
            editor.notes.append("the context '\(name)' may hold the token: take it out there")
        }
    }
}
