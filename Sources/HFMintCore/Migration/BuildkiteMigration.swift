/// The migration of a pipeline file of Buildkite.
///
/// The token comes from `secrets:`, from a hook of the agent, or from `env:`. All commands of a step share a shell.
/// <https://buildkite.com/docs/pipelines/configure/step-types/command-step>
struct BuildkiteMigration: Sendable {
    var editor: WorkflowEditor

    mutating func run() {
        take(editor.reader.root["steps"]?.value)
        let root = editor.reader.root
        editor.doubtTheRest { line in
            let keys = root.keys(to: line)
            if keys.first != "steps" { return "it is for every step" }
            return keys.contains("plugins") ? "a plugin takes the token itself" : nil
        }
    }

    private mutating func take(_ steps: YAMLNode?) {
        for item in steps?.items ?? [] {
            take(item.value["steps"]?.value)
            editor.trying { (editor) throws(Doubt) in try Self.take(item, &editor) }
        }
    }

    private static func take(_ item: YAMLItem, _ editor: inout WorkflowEditor) throws(Doubt) {
        let node = item.value
        guard let entry = node["command"] ?? node["commands"] else { return }
        let script: ShellScript
        do throws(Doubt) {
            script = try ShellScript(entry.value, keyColumn: entry.column, in: editor.reader, secrets: editor.secrets)
        } catch {
            guard !editor.isMentioned(in: item.lines) else { throw error }
            return
        }
        if script.callsHFMint {
            editor.explained.formUnion(script.servedLines)
            return
        }
        guard editor.isMentioned(in: item.lines) || script.uploads else { return }
        if let plugins = node["plugins"], editor.isMentioned(in: plugins.lines) { return }
        try editor.refuseOdd(in: item.lines)
        let tokens = try editor.tokens(in: node["env"], isHandedIn: { $0.utf8.first == UInt8(ascii: "$") })
        let secrets = try Self.secrets(node["secrets"], editor)
        try script.refuseUnclear()
        if let line = script.lines.first(where: { $0.command.text.hasPart("trap ") }) {
            throw Doubt(at: line.lines.lowerBound, "its trap would take the place of the one that forgets the token")
        }
        let need = try TokenNeed(
            of: [script], names: tokens.map(\.key) + secrets.map(\.name), given: editor.given, at: item.line)
        // A dollar sign that is the shell's is written twice.
        let trap = "trap '\(need.endCommands.joined(separator: "; "))' EXIT"
        let changed = try script.change(
            [trap] + need.commands(dollar: "$$"), atTop: !script.logsIn, in: editor.reader, secrets: editor.secrets,
            &editor.edits)
        editor.explained.formUnion(changed)
        if let env = node["env"] { try editor.remove(tokens, from: env, of: node) }
        if let entry = node["secrets"], !secrets.isEmpty {
            editor.explained.formUnion(secrets.flatMap(\.lines))
            if secrets.count == entry.value.items?.count ?? entry.value.entries?.count {
                try editor.remove(entry, of: node)
            } else {
                for secret in secrets { try editor.edits.remove(secret.lines) }
            }
        }
        let name = ["key", "label", "name"].compactMap { node[$0]?.value.scalar?.literal }.first ?? "step"
        editor.jobs.append(MigratedJob(name: name, resources: need.resources))
        if node["plugins"] != nil {
            editor.notes.append("'\(name)' uses plugins: if its commands run in a container, hfmint must be in that")
        }
    }

    /// Returns the secrets of a step that hold a token.
    private static func secrets(
        _ entry: YAMLEntry?, _ editor: WorkflowEditor
    ) throws(Doubt) -> [(name: String, lines: Range<Int>)] {
        guard let entry else { return [] }
        if let items = entry.value.items {
            return items.compactMap { item in
                item.value.scalar.flatMap { TokenName.matches($0.text.utf8) ? ($0.text, item.lines) : nil }
            }
        }
        if let entries = entry.value.entries {
            return entries.filter { TokenName.matches($0.key.utf8) }.map { ($0.key, $0.lines) }
        }
        guard !editor.isMentioned(in: entry.lines) else {
            throw Doubt(at: entry.line, "its secrets stand in brackets: write them on lines of their own")
        }
        return []
    }
}
