/// The workflow files of a repository, each with what becomes of it.
///
/// ```swift
/// let survey = MigrationSurvey(of: ".", given: nil, endpoint: .huggingFace, in: context)
/// let diff = survey.diff
/// ```
package struct MigrationSurvey: Sendable {
    package let folder: String
    /// Every file that was looked at, in the order of their paths within each CI system.
    package let migrations: [Migration]
    package let publishers: [MigrationPublisher]

    private static let mostFiles = 200
    /// Where hfmint looks: a file, or a folder with files in it.
    private static let places: [(path: String, provider: Provider)] = [
        (".github/workflows", .gitHubActions), (".forgejo/workflows", .forgejoActions),
        (".gitea/workflows", .giteaActions), (".gitlab-ci.yml", .gitLabCI), (".gitlab", .gitLabCI),
        (".circleci/config.yml", .circleCI), (".buildkite", .buildkite),
    ]

    package init(of folder: String, given: Resource?, endpoint: Origin, in context: Context) {
        self.folder = folder
        var migrations: [Migration] = []
        for (place, provider) in Self.places {
            let files = Self.files(at: place, below: folder, context.files)
            let doubt = Self.doubt(about: place, below: folder, context.files)
            for path in files.prefix(Self.mostFiles) {
                let migration = Self.migration(
                    of: path, doubt: doubt, on: provider, below: folder, given: given, context.files)
                if let migration { migrations.append(migration) }
            }
            if files.count > Self.mostFiles {
                let doubt = Doubt("it holds more than \(Self.mostFiles) files")
                migrations.append(Migration(place, provider, unsure: [doubt]))
            }
        }
        if migrations.contains(where: { $0.outcome != .nothing }) {
            migrations = migrations.map(\.withoutInheritance)
        }
        self.migrations = migrations
        let concerned = migrations.filter { !$0.jobs.isEmpty }
        guard !concerned.isEmpty else {
            publishers = []
            return
        }
        let repository = MigratedRepository(at: folder, endpoint: endpoint, in: context)
        publishers = concerned.flatMap { migration in
            migration.jobs.compactMap { MigrationPublisher($0, in: migration, of: repository) }
        }
    }

    /// The diff of all files that change.
    package var diff: String {
        migrations.map { migration in
            if case .changed(_, let diff) = migration.outcome { diff } else { "" }
        }.joined()
    }

    private static func files(at place: String, below folder: String, _ files: any ReadableFiles) -> [String] {
        let path = FilePath(place).from(folder).text
        switch files.kind(of: path) {
        case .directory:
            let names = files.names(in: path).filter { $0.hasEnd(".yml") || $0.hasEnd(".yaml") }
            return names.map { "\(place)/\($0)" }.filter { files.kind(of: FilePath($0).from(folder).text) == .regular }
        case .regular: return [place]
        default: return []
        }
    }

    /// Returns why the files of a place are left alone, if they name a token, or nil.
    private static func doubt(about place: String, below folder: String, _ files: any ReadableFiles) -> Doubt? {
        let names = place.utf8.split(separator: ASCII.slash).map { String(Substring($0)) }
        for path in names.indices.map({ names[...$0].joined(separator: "/") }) {
            let full = FilePath(path).from(folder).text
            // A link in place of a file is refused when the file is written.
            if files.kind(of: full) == .directory, files.isLink(full) {
                return Doubt("'\(path)' is a symbolic link, which may lead out of the repository")
            }
        }
        switch place {
        case ".gitlab": return Doubt("other files include it, and hfmint does not see how")
        case ".gitea/workflows":
            return Doubt("Gitea has no ID tokens for jobs; what Forgejo runs belongs into .forgejo/workflows")
        default: return nil
        }
    }

    private static func migration(
        of path: String, doubt: Doubt?, on provider: Provider, below folder: String, given: Resource?,
        _ files: any ReadableFiles
    ) -> Migration? {
        guard path.utf8.allSatisfy({ $0.isASCIIVisible && $0 != ASCII.quote && $0 != ASCII.backslash }) else {
            return Migration(path, provider, unsure: [Doubt("its name cannot stand in a diff as it is")])
        }
        let bytes: [UInt8]
        do throws(FileFailure) {
            let full = FilePath(path).from(folder).text
            guard let file = try files.read(full, limit: Migration.byteLimit) else { return nil }
            bytes = file.reveal { $0.bytes }
        } catch {
            return Migration(path, provider, unsure: [Doubt(error.reason)])
        }
        guard let doubt else { return Migration(path, bytes, provider, given: given) }
        guard Migration.concerns(bytes) else { return Migration(path, [], provider, given: nil) }
        return Migration(path, provider, unsure: [doubt])
    }
}

extension MigrationSurvey {
    package var json: JSONValue {
        [
            "folder": .string(folder),
            "files": .array(migrations.map(\.json)),
            "publishers": .array(publishers.map(\.json)),
        ]
    }
}

extension Migration {
    /// `changed`, `unsure`, or `nothing`.
    private var status: String {
        switch outcome {
        case .nothing: "nothing"
        case .changed: "changed"
        case .unsure: "unsure"
        }
    }

    /// The places of which hfmint is not sure.
    package var doubts: [Doubt] {
        if case .unsure(let doubts) = outcome { doubts } else { [] }
    }

    fileprivate var json: JSONValue {
        let diff: String? = if case .changed(_, let diff) = outcome { diff } else { nil }
        return [
            "path": .string(path), "provider": .string(provider.name), "status": .string(status),
            "diff": .string(diff),
            "doubts": .array(
                doubts.map {
                    ["line": $0.line > 0 ? .integer($0.line) : .null, "reason": .string($0.reason.withoutTokens)]
                }),
            "notes": .array(notes.map { .string($0.withoutTokens) }),
        ]
    }
}

extension MigrationPublisher {
    /// The rows without the lines of the CI file, which the diff shows.
    private var publisher: JSONValue {
        guard case .object(let members) = form.json else { return .null }
        return .object(members.filter { $0.name != "file" && $0.name != "permission" })
    }

    fileprivate var json: JSONValue {
        [
            "path": .string(path), "job": .string(job),
            "resources": .array(resources.map { .string($0.canonical) }), "publisher": publisher,
        ]
    }
}
