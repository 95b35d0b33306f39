/// Answers git for the Hub's hosts, and stays silent for all others.
package struct GitCredential: Sendable {
    /// Gives a token of the Hub that it is handed, for the resource.
    package typealias TokenGiver = @Sendable (Authority, Resource) throws(MintError) -> HubToken

    private let hosts: GitHosts
    private let context: Context

    package init(_ authority: Authority, context: Context) {
        hosts = GitHosts(authority)
        self.context = context
    }

    /// What git asks for, where it is ours to answer.
    package struct Question: Sendable {
        package let description: CredentialDescription
        package let authority: Authority
        package let resource: Resource
    }

    /// `nil` where the host is not ours: another helper may know.
    ///
    /// - Throws: why a question about our host cannot be answered; git must then stop asking.
    package func question(_ text: borrowing Secret) throws(MintError) -> Question? {
        let description = try parse(text)
        switch hosts.judge(description) {
        case .notOurs: return nil
        case .insecure:
            throw MintError(
                .endpointRefused, "git asks over an unencrypted connection, and no token is sent over one",
                hint: "use an https remote: git remote set-url origin https://huggingface.co/owner/name")
        case .ours(let authority):
            return Question(description: description, authority: authority, resource: try resource(of: description))
        }
    }

    private func parse(_ text: borrowing Secret) throws(MintError) -> CredentialDescription {
        do throws(CredentialDescription.Malformed) {
            return try text.reveal { span throws(CredentialDescription.Malformed) in try CredentialDescription(span) }
        } catch {
            throw .usage("what git sent cannot be understood: \(error.reason)")
        }
    }

    /// The repository that the path names; without a path (git-xet sends none), what the job says it works on, else
    /// the repository that this work tree came from.
    private func resource(of description: CredentialDescription) throws(MintError) -> Resource {
        if let path = description.path {
            guard let resource = Resource(gitPath: path) else {
                throw .usage("'\(String(decoding: path, as: UTF8.self))' is not the path of a repository on the Hub")
            }
            return resource
        }
        for key in [Environment.Key.hfmintResource, .hfOIDCResource] {
            guard let text = context.environment[key] else { continue }
            return try Resource(parsing: text, endpoint: .huggingFace)
        }
        if let resource = originOfWorkTree() { return resource }
        throw .usage(
            "git did not say which repository it means",
            hint: "run `hfmint setup-git`, or git config --global credential.https://huggingface.co.useHttpPath true")
    }

    private func originOfWorkTree() -> Resource? {
        let command = ChildCommand(
            ["git", "config", "--get", "remote.origin.url"], milliseconds: 5_000, byteLimit: 8_192)
        guard let result = try? context.processes.run(command), result.status == 0 else { return nil }
        return Resource(remoteURL: result.output.withoutTrailingLineBreak().reveal { $0.bytes }, hosts: hosts.names)
    }
}
