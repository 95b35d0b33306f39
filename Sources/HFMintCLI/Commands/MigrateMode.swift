internal import HFMintCore

/// `hfmint doctor --migrate`: what it prints, and the files that it changes with `--write`.
///
/// stdout is the diff, as `git apply` takes it; what a person must know goes to stderr.
struct MigrateMode {
    private let arguments: Arguments
    private let context: Context
    private let folder: String
    private let given: Resource?
    private let endpoint: Origin

    init(_ call: Call) throws(MintError) {
        arguments = call.arguments
        context = call.context
        for option in [Option.expect, .suggest] where arguments.has(option) {
            throw .usage("--migrate and --\(option.name) exclude each other", hint: "give one of them")
        }
        guard arguments.operands.count <= 1 else {
            throw .usage("--migrate takes one folder", hint: "migrate one repository after the other")
        }
        folder = arguments.operands.first ?? "."
        guard context.files.kind(of: folder) == .directory else {
            throw .usage("'\(folder)' is not a folder", hint: "name the folder of a repository: --migrate PATH")
        }
        let endpoint = try arguments.authority(in: context.environment).endpoint
        self.endpoint = endpoint
        given = try arguments.value(.migratedResource).map { text throws(MintError) in
            try Resource(parsing: text, endpoint: endpoint)
        }
    }

    func run() throws(MintError) -> Report {
        let survey = MigrationSurvey(of: folder, given: given, endpoint: endpoint, in: context)
        guard !survey.migrations.isEmpty else {
            context.note("'\(folder)' holds no workflow that hfmint knows")
            return Report(lines: [], json: json(survey, written: []))
        }
        var (written, failures): ([String], [MintError]) = ([], [])
        if arguments.has(.write) {
            for migration in survey.migrations {
                do throws(MintError) {
                    if try write(migration) { written.append(migration.path) }
                } catch {
                    failures.append(error)
                }
            }
        }
        tell(survey)
        failures += unsure(survey).map { [$0] } ?? []
        let text = arguments.has(.write) ? written.map { "changed  \($0.printable)\n" }.joined() : survey.diff
        return Report(
            text: text.isEmpty ? [] : [.text(text)], json: json(survey, written: written), failures: failures)
    }

    /// Says what was found, and what to enter at the Hub.
    private func tell(_ survey: MigrationSurvey) {
        for migration in survey.migrations {
            for note in migration.notes { context.note("\(migration.path): \(note)") }
        }
        guard !survey.publishers.isEmpty else {
            if survey.migrations.allSatisfy({ $0.doubts.isEmpty }) { context.note("nothing is handed a stored token") }
            return
        }
        for publisher in survey.publishers {
            context.note("a Trusted Publisher for the job '\(publisher.job)' in \(publisher.path):")
            for line in publisher.form.formLines.dropFirst() { context.note(line) }
            for resource in publisher.resources {
                context.note("enter it at \(resource.settingsURL(on: endpoint))")
            }
        }
        if survey.publishers.contains(where: \.hasPlaceholders) {
            context.note("hfmint cannot know what stands in <…>: the first run says it, when the Hub refuses it")
        }
        context.note("these jobs need hfmint on their PATH; delete the stored token when they have run without it")
    }

    /// Returns the error that names what was left alone, or nil.
    private func unsure(_ survey: MigrationSurvey) -> MintError? {
        let files = survey.migrations.filter { !$0.doubts.isEmpty }
        guard !files.isEmpty else { return nil }
        let count = files.count == 1 ? "1 workflow was" : "\(files.count) workflows were"
        return MintError(
            .migrationUnsure, "\(count) left alone, because hfmint is not sure what to change",
            details: files.flatMap { file in
                file.doubts.map { "\(file.path)\($0.line > 0 ? ":\($0.line)" : ""): \($0.reason)" }
            }, hint: "change these by hand, or clear up what is named and run it again")
    }

    /// Replaces a file that changes, and returns whether it did.
    ///
    /// - Throws: ``MintError/Code/stateUnusable`` also if the file has changed since it was read.
    private func write(_ migration: Migration) throws(MintError) -> Bool {
        guard case .changed(let new, _) = migration.outcome else { return false }
        let path = FilePath(migration.path).from(folder).text
        let old = migration.old
        var isChanged = false
        do throws(FileFailure) {
            try context.files.replacePublicFile(path, with: String(decoding: new, as: UTF8.self)) { bytes in
                isChanged = !bytes.bytes.elementsEqual(old)
                return !isChanged
            }
        } catch {
            throw MintError(
                .stateUnusable, "cannot change '\(path)': \(isChanged ? "it has changed meanwhile" : error.reason)",
                hint: isChanged ? "run it again" : "leave out --write, and apply the diff: git apply")
        }
        return true
    }

    private func json(_ survey: MigrationSurvey, written: [String]) -> JSONValue {
        guard case .object(let members) = survey.json else { return survey.json }
        return .object(members + [JSONValue.Member("written", .strings(written))])
    }
}
