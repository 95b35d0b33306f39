internal import HFMintCore

extension Command {
    package static let gitCredential = Command(
        name: "git-credential",
        summary: "answer git, which asks for a credential (git's protocol, nothing else)",
        operands: "get | store | erase | capability",
        description: [
            "A credential helper for git and git-lfs. `hfmint setup-git` tells git to ask it. Each repository gets a"
                + " token of its own, exchanged when git first asks; other hosts are not answered.",
            "`store` keeps nothing. `erase` drops a token that the Hub rejected, so that the next question is answered"
                + " with a fresh one.",
        ],
        options: Option.policy + [.allowUntrustedEvent] + Option.identity + Option.organization + [
            .stateDirectory, .quiet, .verbose,
        ],
        examples: [
            Example(
                "let git ask it",
                "hfmint setup-git"),
            Example(
                "ask as git does",
                "printf 'protocol=https\\nhost=huggingface.co\\npath=acme/model\\n' | hfmint git-credential get"),
        ],
        run: { call throws(MintError) in
            switch call.arguments.operands.first {
            case "get": GitCredentialCommand(call).get()
            case "erase": GitCredentialCommand(call).erase()
            case "capability": Report(text: CredentialAnswer.capabilities.pieces, json: .null)
            case nil: throw .usage("no operation was named", hint: "one of get, store, erase, capability")
            // A helper must ignore what it does not know: <https://git-scm.com/docs/gitcredentials#_custom_helpers>.
            default: Report(lines: [], json: .null)
            }
        })
}

private struct GitCredentialCommand {
    private let call: Call
    private let arguments: Arguments
    private let context: Context

    init(_ call: Call) {
        self.call = call
        arguments = call.arguments
        context = call.context
    }

    /// Answers git, or ends git's search.
    ///
    /// Nobody is prompted then, and no other helper hands out a stale credential.
    func get() -> Report {
        do throws(MintError) {
            guard let request = try request(standardInput()) else { return Report(lines: [], json: .null) }
            let (resource, session) = (request.resource, request.session)
            let token = try session.exchanger.token(for: resource)
            try session.exchanger.handOver([(resource, token)], as: .gitAnswered, how: "git-credential get")
            if let directory = session.directory {
                GitHandout(token, for: request.description, in: context.files.workingDirectory).note(in: directory)
            }
            return Report(text: CredentialAnswer(token, for: request.description).pieces, json: .null)
        } catch {
            return Report(text: CredentialAnswer.quit.pieces, json: .null, failures: [error])
        }
    }

    /// Drops the token that the Hub rejected, but never fails the git command: at worst a useless token stays a while.
    func erase() -> Report {
        do throws(MintError) {
            let text = try standardInput()
            guard let request = try request(text) else { return Report(lines: [], json: .null) }
            for field in ["password", "credential"] {
                try drop(text.reveal { CredentialDescription.secret(named: field, in: $0) }, request)
            }
        } catch {
            context.trace("erase: \(error.message)")
        }
        return Report(lines: [], json: .null)
    }

    /// What git asks for, and the session that can answer.
    private struct Request {
        let description: CredentialDescription
        /// `nil` for a member's token, which is for all that the member may reach.
        let resource: Resource?
        let session: TokenSession
    }

    /// Returns what git asks for, or nil, before a manifest is read, if the host is not ours.
    private func request(_ text: borrowing Secret) throws(MintError) -> Request? {
        let git = GitCredential(try arguments.authority(in: context.environment), context: context)
        guard let question = try git.question(text) else { return nil }
        let session = try Session(call, authority: question.authority)
        let resource =
            session.member != nil
            ? nil : try git.resource(of: question) { () throws(MintError) in try session.gate?.resourceForGit() }
        return Request(description: question.description, resource: resource, session: try TokenSession(session))
    }

    private func drop(_ rejected: consuming Secret?, _ request: Request) throws(MintError) {
        switch rejected {
        case .none: break
        case .some(let secret): try request.session.exchanger.drop(secret, for: request.resource)
        }
    }

    private func standardInput() throws(MintError) -> Secret {
        do throws(FileFailure) {
            return try context.files.readStandardInput(.question, limit: CredentialDescription.byteLimit)
        } catch {
            throw .usage("cannot read what git sent: \(error.reason)")
        }
    }
}
