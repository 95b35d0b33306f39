/// What becomes of one workflow file whose jobs are handed a token of the Hub.
///
/// This folder takes the token out of workflow files, and puts the exchange in. Its files are entered in this order:
///
/// 1. ``MigrationSurvey`` reads a repository's workflow files, and hands each to a ``Migration``.
/// 2. ``YAMLReader`` finds the structure of the text, which is never printed again: only lines change (``LineEdits``).
/// 3. `ActionsMigration`, `GitLabMigration`, `CircleCIMigration` and `BuildkiteMigration` know where each system keeps
///    variables, scripts and permissions; ``ShellScript`` finds what a script does with the token.
/// 4. ``UnifiedDiff`` shows the change.
///
/// A file changes only if everything that names a token in it is accounted for. Else it is left alone, with a
/// ``Doubt``.
package struct Migration: Sendable {
    package enum Outcome: Equatable, Sendable {
        /// Nothing in the file has to do with a token of the Hub, or hfmint is used already.
        case nothing
        case changed(new: [UInt8], diff: String)
        case unsure([Doubt])
    }

    /// The path from the top of the repository.
    package let path: String
    package let provider: Provider
    package let outcome: Outcome
    /// The bytes that were read.
    package let old: [UInt8]
    let jobs: [MigratedJob]
    /// What the author must know of the change, a clause each.
    package let notes: [String]

    /// The size of the largest file that is looked at.
    package static let byteLimit = 1 << 20

    /// - Parameter given: what the tokens are for, where the file does not say it.
    package init(_ path: String, _ bytes: [UInt8], _ provider: Provider, given: Resource?) {
        self.path = path
        self.provider = provider
        old = bytes
        var found = Self.edited(path, bytes, provider, given)
        if case .changed(let new, _) = found.outcome,
            Self.edited(path, new, provider, given).outcome != .nothing
        {
            found = (.unsure([Doubt("hfmint would not understand its own change")]), [], [])
        }
        if case .changed = found.outcome { (jobs, notes) = (found.jobs, found.notes) } else { (jobs, notes) = ([], []) }
        outcome = found.outcome
    }

    /// Makes one for a file that is not read.
    init(_ path: String, _ provider: Provider, unsure doubts: [Doubt]) {
        self.path = path
        self.provider = provider
        (outcome, old, jobs, notes) = (.unsure(doubts), [], [], [])
    }

    /// Returns whether a text names a token or uploads to the Hub.
    ///
    /// What does neither may be written in any way.
    static func concerns(_ bytes: [UInt8]) -> Bool { concerns(SourceText(bytes)) }

    private static func concerns(_ text: SourceText) -> Bool {
        text.lines.contains { line in
            let namesToken = !line.isComment && !TokenMention.all(in: line.bytes[...], secrets: []).isEmpty
            return namesToken || !ShellCommand(line.text(0), secrets: []).resources.isEmpty
        }
    }

    /// Unsure if a job of the file hands all its secrets to another workflow; else the same.
    ///
    /// In a repository without a token of the Hub that says nothing.
    var withoutInheritance: Migration {
        let line = SourceText(old).lines.firstIndex { $0.text(0).withoutBlanksAround.hasStart("secrets: inherit") }
        guard let line, doubts.isEmpty else { return self }
        return Migration(
            path, provider,
            unsure: [Doubt(at: line, "it hands every secret to another workflow, which may use the token")])
    }

    private static func edited(
        _ path: String, _ bytes: [UInt8], _ provider: Provider, _ given: Resource?
    ) -> (outcome: Outcome, jobs: [MigratedJob], notes: [String]) {
        let text = SourceText(bytes)
        if let line = text.lines.firstIndex(where: { $0.holdsToken }) {
            return (.unsure([Doubt(at: line, "it holds a token itself: invalidate that, then take it out")]), [], [])
        }
        do throws(Doubt) {
            if let refusal = refusal(of: text) { throw refusal }
            let editor = try WorkflowEditor(text, given: given)
            let done = try migrated(editor, provider)
            guard done.doubts.isEmpty else {
                return (.unsure(done.doubts.sorted { $0.line < $1.line }), [], [])
            }
            let steps = done.edits.steps(from: text)
            guard steps.contains(where: { if case .keep = $0 { false } else { true } }) else {
                return (.nothing, [], [])
            }
            return (
                .changed(new: done.edits.applied(to: text), diff: UnifiedDiff(path, steps).text), done.jobs, done.notes
            )
        } catch {
            return (concerns(text) ? .unsure([error]) : .nothing, [], [])
        }
    }

    /// Returns why a text is not edited as a whole, or nil.
    private static func refusal(of text: SourceText) -> Doubt? {
        for (index, line) in text.lines.enumerated() {
            guard let string = String(validating: line.bytes, as: UTF8.self) else {
                return Doubt(at: index, "it is not UTF-8")
            }
            if line.bytes.contains(where: { $0.isASCIIControl && $0 != ASCII.tab }) {
                return Doubt(at: index, "it holds a control character")
            }
            // YAML 1.1 ends a line at U+0085, U+2028 and U+2029 too, and so do the readers of some CI systems.
            if string.unicodeScalars.contains(where: { 0x80...0x9F ~= $0.value || 0x2028...0x2029 ~= $0.value }) {
                return Doubt(at: index, "it holds a control character, or a line break that is not of ASCII")
            }
        }
        return text.lines.first?.bytes.starts(with: [0xEF, 0xBB, 0xBF]) == true
            ? Doubt(at: 0, "it begins with a byte order mark") : nil
    }

    private static func migrated(_ editor: WorkflowEditor, _ provider: Provider) throws(Doubt) -> WorkflowEditor {
        switch provider.name {
        case Provider.gitLabCI.name:
            var migration = GitLabMigration(editor: editor)
            migration.run()
            return migration.editor
        case Provider.circleCI.name:
            var migration = CircleCIMigration(editor: editor)
            migration.run()
            return migration.editor
        case Provider.buildkite.name:
            var migration = BuildkiteMigration(editor: editor)
            migration.run()
            return migration.editor
        case Provider.gitHubActions.name, Provider.forgejoActions.name:
            var migration = ActionsMigration(provider: provider, editor: editor)
            migration.run()
            return migration.editor
        default: throw Doubt("hfmint does not edit files of \(provider.title)")
        }
    }
}
