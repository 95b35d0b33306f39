/// Answers git for the Hub's hosts, and stays silent for all others.
///
/// This folder is about git. Its files are entered in this order:
///
/// - `git-credential`: `GitCredential` reads a ``CredentialDescription``, has ``GitHosts`` compare the host with ours,
///   and finds the repository (`GitPath.swift`). ``CredentialAnswer`` writes the answer, and ``GitHandout`` notes it.
/// - `setup-git`: ``GitSetup`` writes a ``GitConfiguration`` at each level that needs it.
/// - `doctor`: ``GitFindings`` asks git for its settings; `GitObstacle.swift` says what keeps git from hfmint.
/// - `forget`: ``GitTakeBack`` has git's other helpers erase the tokens that were noted.
///
/// Every git is started in `Git.swift`. This folder never exchanges or revokes a token, and never answers for a host
/// that is not ours.
package struct GitCredential: Sendable {
    private let hosts: GitHosts
    private let context: Context

    package init(_ authority: Authority, context: Context) {
        hosts = GitHosts(authority)
        self.context = context
    }

    /// A question of git's about one of our hosts, and the Hub that gives tokens for that host.
    package struct Question: Sendable {
        package let description: CredentialDescription
        package let authority: Authority
    }

    /// Reads git's question, or returns `nil` if the host is not ours, so that another helper may answer.
    ///
    /// - Throws: ``MintError`` if a question about our host cannot be answered; git must then stop asking.
    package func question(_ text: borrowing Secret) throws(MintError) -> Question? {
        let description = try parse(text)
        switch hosts.match(description) {
        case .notOurs: return nil
        case .insecure:
            throw MintError(
                .endpointRefused, "git asks over something other than https, and no token is sent over that",
                hint: "use an https remote: git remote set-url origin https://huggingface.co/owner/name")
        case .dotted(let host):
            throw MintError(
                .endpointRefused, "git asks for '\(host)' with a dot at its end, which is another host to it",
                hint: "leave the dot out: git remote set-url origin https://\(host)/owner/name")
        case .ours(let authority):
            return Question(description: description, authority: authority)
        }
    }

    private func parse(_ text: borrowing Secret) throws(MintError) -> CredentialDescription {
        do throws(Malformed) {
            return try text.reveal { span throws(Malformed) in try CredentialDescription(span) }
        } catch {
            throw .usage(
                "what git sent cannot be understood: \(error.reason)",
                hint: "look at the URL that git was given, and who wrote it: git remote -v")
        }
    }

    /// Returns the repository that the path names.
    ///
    /// Without a path (git-xet sends none), it returns the first of: the resource that the environment names, the only
    /// one that the manifest grants, and the repository that this work tree was cloned from.
    ///
    /// - Parameter onlyResource: returns the only resource that the manifest grants, or `nil`.
    package func resource(
        of question: Question, onlyResource: () throws(MintError) -> Resource? = { () throws(MintError) in nil }
    ) throws(MintError) -> Resource {
        if let path = question.description.path {
            guard let resource = Resource(gitPath: path) else {
                throw .usage(
                    "'\(String(decoding: path, as: UTF8.self))' is not the path of a repository on the Hub",
                    hint: "look at the URL that git was given (git remote -v): it ends in owner/name, or in"
                        + " datasets/owner/name, spaces/owner/name, kernels/owner/name")
            }
            return resource
        }
        if let (text, _) = context.environment.namedResource {
            return try Resource(parsing: text, endpoint: question.authority.endpoint)
        }
        if let resource = try onlyResource() { return resource }
        if let resource = originOfWorkTree() { return resource }
        throw .usage(
            "nobody said which repository is meant: the question has no path, HFMINT_RESOURCE is not set, and there is"
                + " no `origin` on the Hub",
            hint: "run `hfmint setup-git`, so that git sends the path; for git-xet, which sends none, set"
                + " HFMINT_RESOURCE=owner/name")
    }

    /// Returns the repository of the remote `origin`, to whose URL git applies `url.<base>.insteadOf`, or `nil`.
    private func originOfWorkTree() -> Resource? {
        guard let url = Git(in: context).ask(["ls-remote", "--get-url", "origin"]).printed else { return nil }
        return Resource(
            remoteURL: url.secret.duplicate().withoutTrailingLineBreak().reveal { $0.bytes }, hosts: hosts)
    }
}
