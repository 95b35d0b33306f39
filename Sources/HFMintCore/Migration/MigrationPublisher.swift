/// The Trusted Publisher that a migrated job needs, as far as the file and the repository's remote tell it.
///
/// The rows are those that the provider makes of an ID token's claims, so that they are the same as in a refusal. What
/// only the first run shows stands in angle brackets: `<branch>`.
package struct MigrationPublisher: Sendable {
    package let path: String
    package let job: String
    /// The repositories of the Hub at which it is entered, without those whose names are not in the file.
    package let resources: [Resource]
    package let form: PublisherSuggestion

    /// Whether a part of the rows stands in angle brackets.
    package var hasPlaceholders: Bool { form.formLines.contains { $0.hasPart("<") } }

    init?(_ job: MigratedJob, in migration: Migration, of repository: MigratedRepository) {
        path = migration.path
        self.job = job.name
        var found: [Resource] = []
        for resource in job.resources.compactMap(\.self) where !found.contains(resource) { found.append(resource) }
        resources = found
        let claims = Self.claims(job, migration, repository)
        let object = JSONValue.object(claims.map { JSONValue.Member($0, .string($1)) })
        guard let text = try? JSONText(object.rendered().reveal { $0.bytes }),
            let form = PublisherSuggestion(
                provider: migration.provider, claims: Claims(text), resource: found.first,
                endpoint: repository.endpoint)
        else { return nil }
        self.form = form
    }

    /// Returns the claims that the ID token of the job will have.
    private static func claims(
        _ job: MigratedJob, _ migration: Migration, _ repository: MigratedRepository
    ) -> [(String, String)] {
        let branch = repository.branch ?? "<branch>"
        let path = repository.remote?.path ?? "<owner>/<repository>"
        let host = repository.remote?.host
        let environment = job.environment.map { [("environment", $0)] } ?? []
        switch migration.provider.name {
        case Provider.gitLabCI.name:
            return [
                ("iss", "https://\(host ?? "gitlab.com")"), ("project_path", path), ("ref", branch),
                ("ref_type", "branch"),
            ] + environment
        case Provider.circleCI.name:
            return [
                ("iss", "https://oidc.circleci.com/org/<organization id>"),
                ("oidc.circleci.com/project-id", "<project id>"),
                ("oidc.circleci.com/vcs-origin", "\(host ?? "<host>")/\(path)"),
                ("oidc.circleci.com/vcs-ref", "refs/heads/\(branch)"),
            ]
        case Provider.buildkite.name:
            return [
                ("iss", "https://agent.buildkite.com"), ("organization_slug", "<organization>"),
                ("pipeline_slug", "<pipeline>"), ("build_branch", branch),
            ]
        default:
            let issuer =
                migration.provider.name == Provider.forgejoActions.name
                ? "https://\(host ?? "<host>")/api/actions" : gitHubIssuer(host)
            return [
                ("iss", issuer), ("repository", path), ("ref", "refs/heads/\(branch)"),
                ("workflow_ref", "\(path)/\(migration.path)@refs/heads/\(branch)"),
            ] + environment
        }
    }

    /// Returns the issuer of GitHub, of an enterprise at ghe.com, or of an Enterprise Server.
    ///
    /// <https://docs.github.com/enterprise-cloud@latest/actions/reference/security/oidc>
    private static func gitHubIssuer(_ host: String?) -> String {
        guard let host, host != "github.com" else { return "https://token.actions.githubusercontent.com" }
        return host.hasEnd(".ghe.com") ? "https://token.actions.\(host)" : "https://\(host)/_services/token"
    }
}

/// The repository whose workflows are migrated.
package struct MigratedRepository: Sendable {
    /// Where it is hosted, or nil if its remote does not show it.
    let remote: Remote?
    let branch: String?
    /// The Hub at which publishers are entered.
    let endpoint: Origin

    struct Remote: Equatable, Sendable {
        let host: String
        /// Owner and name, or the path of a project.
        let path: String

        /// Reads the URL of a remote: `https://host/owner/name.git`, `git@host:owner/name`,
        /// `ssh://git@host/owner/name`.
        init?(_ url: String) {
            var rest = Array(url.utf8)[...]
            let scheme = ["https://", "http://", "ssh://", "git://"].first { rest.starts(with: $0.utf8) }
            rest = rest.dropFirst(scheme?.utf8.count ?? 0)
            let separator = scheme == nil ? ASCII.colon : ASCII.slash
            guard let end = rest.firstIndex(of: separator) else { return nil }
            var authority = rest[..<end]
            if let at = authority.lastIndex(of: UInt8(ascii: "@")) { authority = authority[(at + 1)...] }
            // The port of SSH is not that of the web site.
            if scheme == "ssh://" || scheme == "git://" { authority = authority.prefix { $0 != ASCII.colon } }
            var parts = rest[(end + 1)...].split(separator: ASCII.slash)
            if let last = parts.last?.beforeGitEnding { parts[parts.count - 1] = last }
            let isName: (UInt8) -> Bool = { $0.isASCIILetterOrDigit || "-_.~".utf8.contains($0) }
            let isHost = authority.allSatisfy { $0.isASCIILetterOrDigit || "-.:".utf8.contains($0) }
            guard parts.count >= 2, isHost, !authority.isEmpty, parts.allSatisfy({ $0.allSatisfy(isName) }) else {
                return nil
            }
            host = String(decoding: authority, as: UTF8.self).asciiLowercased
            path = parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
        }
    }

    /// Asks git for the remote `origin` of a folder, and for its default branch, or else the present one.
    init(at folder: String, endpoint: Origin, in context: Context) {
        let git = Git(in: context, at: folder)
        self.endpoint = endpoint
        remote = git.ask(["config", "--get", "remote.origin.url"]).path.flatMap(Remote.init)
        let known = git.ask(["rev-parse", "--abbrev-ref", "origin/HEAD"]).path?.after("origin/")
        branch = known ?? git.ask(["symbolic-ref", "--short", "HEAD"]).path
    }
}
