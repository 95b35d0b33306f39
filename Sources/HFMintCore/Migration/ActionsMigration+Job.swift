/// What a job needs around its scripts: a runner that hfmint runs on, the permission, and a last step.
extension ActionsMigration {
    /// Throws why hfmint cannot serve a job, or must not change it.
    func refuseUnsuitable(_ job: YAMLEntry) throws(Doubt) {
        try editor.refuseOdd(in: job.lines)
        guard let entries = job.value.entries else { throw Doubt(at: job.line, "the job is no plain mapping") }
        if let uses = entries.first(where: { $0.key == "uses" }) {
            throw Doubt(
                at: uses.line,
                "it hands the token to the workflow '\(uses.value.scalar?.text ?? "")': take it out there, and give this"
                    + " job `id-token: write`")
        }
        guard let runsOn = job.value["runs-on"] else { return }
        let words = runsOn.lines.map { editor.text.lines[$0].text(0) }.joined(separator: " ")
        if words.hasPart("${{") {
            throw Doubt(at: runsOn.line, "its runner is filled in by an expression, and hfmint runs on Linux alone")
        }
        if ["windows", "macos"].contains(where: words.hasPart) {
            throw Doubt(at: runsOn.line, "hfmint runs on Linux alone")
        }
    }

    /// Throws if the shell of a step cannot evaluate the line, or goes on after an error.
    ///
    /// - Parameter step: nil for a step that is added, and so has the job's own shell.
    func refuseShell(of step: YAMLNode?, _ job: YAMLEntry) throws(Doubt) {
        let defaults = [
            step, job.value["defaults"]?.value["run"]?.value, editor.reader.root["defaults"]?.value["run"]?.value,
        ]
        guard let shell = defaults.compactMap({ $0?["shell"] }).first else { return }
        let text = shell.value.scalar?.text ?? ""
        let words = text.utf8.split(separator: ASCII.space).map { String(Substring($0)) }
        guard let name = words.first, name == "bash" || name == "sh" else {
            throw Doubt(at: shell.line, "its shell is '\(text)', and the line is for sh and bash")
        }
        let stops =
            words.count == 1 || words.dropFirst().contains { $0.hasStart("-") && !$0.hasStart("--") && $0.hasPart("e") }
        guard stops else { throw Doubt(at: shell.line, "its shell '\(text)' goes on after an error: add -e") }
    }

    /// Lets the job ask for an ID token.
    ///
    /// - Parameter needsGit: whether what it pushes by git goes to the Hub.
    mutating func permit(_ job: YAMLEntry, needsGit: Bool) throws(Doubt) {
        let permission = provider.example?.permission ?? []
        guard permission.count > 1 else { return try permitByOneKey(permission.first ?? "", job) }
        let ofAll = editor.reader.root["permissions"]
        guard let own = job.value["permissions"] ?? ofAll else {
            let text = job.lines.map { editor.text.lines[$0].text(0) }.joined(separator: "\n")
            guard !text.hasPart("GITHUB_TOKEN"), !text.hasPart("github.token") else {
                throw Doubt(
                    at: job.line,
                    "it uses GITHUB_TOKEN and says no `permissions:`: with `id-token: write` it has only what stands there"
                )
            }
            guard needsGit || !text.hasPart("git push") else {
                throw Doubt(
                    at: job.line,
                    "it pushes by git and says no `permissions:`: with `id-token: write` it has only what stands there")
            }
            try insert(["permissions:", "  contents: read", "  id-token: write"], into: job)
            editor.notes.append(
                "the job '\(job.key)' may now read the repository's contents and ask for an ID token, and nothing else")
            return
        }
        if let text = own.value.scalar?.text {
            guard text != "write-all" else { return }
            throw Doubt(at: own.line, "`permissions: \(text)` cannot be widened by one: write out what it needs")
        }
        if case .flow = own.value.value {
            let code = own.lines.map { editor.text.lines[$0].text(0, editor.reader.codeEnd($0)) }.joined()
            guard !code.hasPart("id-token: write") else { return }
            guard code.withoutBlanksAround.hasEnd("{}") else {
                throw Doubt(at: own.line, "its permissions stand in brackets: write them on lines of their own")
            }
        }
        if let present = own.value["id-token"] {
            guard present.value.scalar?.text == "write" else {
                throw Doubt(at: present.line, "it is refused an ID token on purpose")
            }
            return
        }
        let rows = own.value.entries ?? []
        guard job.value["permissions"] == nil else {
            guard let last = rows.last else { throw Doubt(at: own.line, "it is refused every permission on purpose") }
            editor.edits.insert(
                [String(repeating: " ", count: last.column) + "id-token: write"], before: last.lines.upperBound)
            return
        }
        // What a job says replaces all that the workflow says.
        let copied = rows.map { "  \($0.key): \($0.value.scalar?.text ?? "")" }
        try insert(["permissions:"] + copied + ["  id-token: write"], into: job)
    }

    /// Puts lines before the first key of a job that is neither its name nor its runner.
    private mutating func insert(_ lines: [String], into job: YAMLEntry) throws(Doubt) {
        guard let steps = job.value["steps"] else { throw Doubt(at: job.line, "it has no steps") }
        let runner = job.value["runs-on"]
        let place = runner?.lines.upperBound ?? steps.line
        let indent = String(repeating: " ", count: steps.column)
        editor.edits.insert(lines.map { indent + $0 }, before: place)
    }

    /// Lets the job ask for an ID token by one key of the job, as Forgejo has it.
    private mutating func permitByOneKey(_ line: String, _ job: YAMLEntry) throws(Doubt) {
        let key = String(Substring(line.utf8.prefix { $0 != ASCII.colon }))
        if let present = job.value[key] ?? editor.reader.root[key] {
            guard present.value.scalar?.text == "true" else {
                throw Doubt(at: present.line, "it is refused an ID token on purpose")
            }
            return
        }
        try insert([line], into: job)
    }

    /// Adds a step that forgets the token.
    mutating func addLastStep(_ items: [YAMLItem], _ undoesGit: Bool) {
        guard let last = items.last else { return }
        let key = last.value.entries?.first?.column ?? last.column + 2
        let indent = String(repeating: " ", count: key)
        let start = editor.text.lines[last.line].text(0, last.column) + "-".padded(to: key - last.column)
        let run = TokenNeed.endScript("run", undoingGit: undoesGit, indent: indent)
        let gap = isSpaced(items) ? [""] : []
        editor.edits.insert(
            gap + ["\(start)name: Forget the Hugging Face token", "\(indent)if: always()"] + run,
            before: last.lines.upperBound)
    }

    mutating func insertStep(_ lines: [String], before item: YAMLItem, _ items: [YAMLItem]) {
        let key = item.value.entries?.first?.column ?? item.column + 2
        let indent = String(repeating: " ", count: key)
        let start = editor.text.lines[item.line].text(0, item.column) + "-".padded(to: key - item.column)
        var place = item.line
        while place > 0, editor.text.lines[place - 1].isComment, editor.text.lines[place - 1].indent == item.column {
            place -= 1
        }
        editor.edits.insert(
            [start + lines[0]] + lines.dropFirst().map { indent + $0 } + (isSpaced(items) ? [""] : []), before: place)
    }

    /// Whether a blank line stands between the steps.
    private func isSpaced(_ items: [YAMLItem]) -> Bool {
        guard items.count > 1, let last = items.last else { return false }
        let above = editor.text.lines[..<last.line].last { !$0.isComment }
        return above?.isBlank ?? false
    }
}

extension ActionsMigration {
    /// Says on which events a job gets no ID token, and doubts where strangers could cause it to ask for one.
    mutating func noteTriggers(_ root: YAMLNode) {
        guard let on = root["on"], !editor.edits.isEmpty else { return }
        let events = names(in: on)
        if events.contains("pull_request") {
            editor.notes.append("a pull request from a fork gets no ID token: there the new line fails")
        }
        let open = provider.claims.events
        for event in events where open?.isOpen(event) == true {
            guard open?.perhaps.contains(event) == true else {
                editor.doubts.append(
                    Doubt(
                        at: on.line,
                        "strangers can cause '\(event)', on which no job should get an ID token: publish in a workflow"
                            + " without it"))
                continue
            }
            editor.notes.append(
                "strangers can cause '\(event)': hfmint refuses it, unless you add --allow-untrusted-event")
        }
        if events.contains("workflow_call") {
            editor.notes.append("what calls this workflow must give it `id-token: write` too")
        }
    }

    private func names(in on: YAMLEntry) -> [String] {
        switch on.value.value {
        case .mapping(let entries): return entries.map(\.key)
        case .sequence(let items): return items.compactMap { $0.value.scalar?.text }
        case .scalar(let scalar): return [scalar.text]
        case .flow, .empty:
            let text = on.lines.flatMap { editor.text.lines[$0].bytes + [ASCII.space] }
            return text.split { !$0.isInIdentifier }.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Returns why a mention of the token that nothing accounts for is left alone.
    func reason(for line: Int) -> String? {
        let keys = editor.reader.root.keys(to: line)
        if keys.first == "on" { return "it is handed to this workflow by the one that calls it" }
        if keys.contains("with"), let step = step(at: line) { return Self.actionReason(step) }
        if keys.last == "if" || keys.contains("if") { return "a condition depends on whether there is a token" }
        if keys.contains("secrets") { return "it is handed to another workflow" }
        if keys.contains("container") || keys.contains("services") { return "it is handed to a container" }
        return nil
    }

    private func step(at line: Int) -> YAMLNode? {
        let jobs = editor.reader.root["jobs"]?.value.entries ?? []
        let items = jobs.first { $0.lines.contains(line) }?.value["steps"]?.value.items
        return items?.first { $0.lines.contains(line) }?.value
    }

    static func actionReason(_ step: YAMLNode) -> String {
        let name = step["uses"]?.value.scalar?.text ?? "an action"
        return
            "'\(name)' takes the token itself: call its program in a `run:` step, or see whether it finds the file that"
            + " HF_TOKEN_PATH names"
    }
}
