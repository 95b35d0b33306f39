/// The migration of `.gitlab-ci.yml`.
///
/// In GitLab the token is a variable of the project, and a file seldom names it. So every job that uploads counts as a
/// job with the token.
/// <https://docs.gitlab.com/ci/yaml/>
struct GitLabMigration: Sendable {
    var editor: WorkflowEditor

    mutating func run() {
        for job in editor.reader.root.entries ?? [] where job.value["script"] != nil {
            editor.trying { (editor) throws(Doubt) in try Self.take(job, &editor) }
        }
        if let include = editor.reader.root["include"], !editor.edits.isEmpty {
            editor.doubts.append(Doubt(at: include.line, "it includes files that hfmint does not see"))
        }
        let root = editor.reader.root
        editor.doubtTheRest { line in
            let keys = root.keys(to: line)
            if ["variables", "before_script", "after_script", "default"].contains(keys.first) {
                return "it is for every job"
            }
            return nil
        }
    }

    private static func take(_ job: YAMLEntry, _ editor: inout WorkflowEditor) throws(Doubt) {
        let node = job.value
        var scripts: [(key: String, script: ShellScript)] = []
        for key in ["before_script", "script"] {
            guard let entry = node[key] else { continue }
            do throws(Doubt) {
                let script = try ShellScript(
                    entry.value, keyColumn: entry.column, in: editor.reader, secrets: editor.secrets)
                scripts.append((key, script))
            } catch {
                guard !editor.isMentioned(in: job.lines) else { throw error }
                return
            }
        }
        if scripts.contains(where: { $0.script.callsHFMint }) {
            editor.explained.formUnion(scripts.flatMap(\.script.servedLines))
            return
        }
        guard editor.isMentioned(in: job.lines) || scripts.contains(where: { $0.script.uploads }) else { return }
        try editor.refuseOdd(in: job.lines)
        if let extends = node["extends"] {
            throw Doubt(at: extends.line, "the job extends another, which may bring the token along")
        }
        guard job.key.utf8.first != ASCII.dot else { throw Doubt(at: job.line, "it is a template of other jobs") }
        let tokens = try editor.tokens(in: node["variables"], isHandedIn: Self.isReference)
        for (_, script) in scripts { try script.refuseUnclear() }
        let need = try TokenNeed(
            of: scripts.map(\.script), names: tokens.map(\.key), given: editor.given, at: job.line)
        let target = scripts.first { $0.script.namesToken || $0.script.uploads }?.key ?? "script"
        for (key, script) in scripts {
            let changed = try script.change(
                key == target ? need.commands() : [], atTop: !script.logsIn, in: editor.reader,
                secrets: editor.secrets, &editor.edits)
            editor.explained.formUnion(changed)
        }
        if let variables = node["variables"] { try editor.remove(tokens, from: variables, of: node) }
        try declare(node, &editor)
        try addEnd(need.endCommands, node, &editor)
        let environment = node["environment"]?.value
        editor.jobs.append(
            MigratedJob(
                name: job.key, resources: need.resources,
                environment: (environment?.scalar ?? environment?["name"]?.value.scalar)?.literal))
        if job.lines.contains(where: { editor.text.lines[$0].text(0).hasPart("merge_request") }) {
            editor.notes.append(
                "'\(job.key)' runs for merge requests: from a fork it has the fork's claims, and hfmint refuses it")
        }
    }

    private static func isReference(_ text: String) -> Bool {
        text.after("$").map { TokenName.isIdentifier($0.utf8.filter { !"{}".utf8.contains($0) }) } ?? false
    }

    /// Lets the job have an ID token.
    private static func declare(_ job: YAMLNode, _ editor: inout WorkflowEditor) throws(Doubt) {
        guard let first = job["before_script"] ?? job["script"] else { return }
        let lines = Provider.gitLabCI.example?.permission ?? []
        let indent = String(repeating: " ", count: first.column)
        guard let present = job["id_tokens"] else {
            let place = min(first.line, job["script"]?.line ?? first.line)
            guard editor.text.lines[place].indent == first.column else {
                throw Doubt(at: place, "the job is written in a form that hfmint does not edit")
            }
            editor.edits.insert(lines.map { indent + $0 }, before: place)
            return
        }
        guard !present.lines.contains(where: { editor.text.lines[$0].text(0).hasPart("HF_ID_TOKEN") }) else { return }
        guard let last = present.value.entries?.last else {
            throw Doubt(at: present.line, "its ID tokens stand in brackets: write them on lines of their own")
        }
        let inner = String(repeating: " ", count: last.column)
        let own = lines.dropFirst().map { inner + String(Substring($0.utf8.dropFirst(2))) }
        editor.edits.insert(own, before: last.lines.upperBound)
    }

    private static func addEnd(_ commands: [String], _ job: YAMLNode, _ editor: inout WorkflowEditor) throws(Doubt) {
        guard let script = job["script"] else { return }
        let indent = String(repeating: " ", count: script.column)
        guard let present = job["after_script"] else {
            // The file's own way to indent a list below its key.
            let column = script.value.items?.first?.column ?? script.column + 2
            let dash = String(repeating: " ", count: column) + "- "
            editor.edits.insert(
                ["\(indent)after_script:"] + commands.map { dash + $0 }, before: script.lines.upperBound)
            return
        }
        guard let last = present.value.items?.last else {
            throw Doubt(at: present.line, "its `after_script` is no plain list")
        }
        editor.edits.insert(
            commands.map { String(repeating: " ", count: last.column) + "- " + $0 }, before: last.lines.upperBound)
    }
}
