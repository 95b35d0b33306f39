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
            // Git may ask for more one day: a helper must ignore what it does not know.
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

    /// A question about our host that cannot be answered ends git's search, so that nobody is prompted and no other
    /// helper hands out something stale.
    func get() -> Report {
        do throws(MintError) {
            guard let (description, resource, session) = try answerer(of: standardInput()) else {
                return Report(lines: [], json: .null)
            }
            let token = try session.exchanger.token(for: resource)
            try session.exchanger.handOver([(resource, token)], as: .gitAnswered, how: "git-credential get")
            if let directory = session.directory {
                GitHandout(token, for: description, in: context.files.workingDirectory).note(in: directory)
            }
            return Report(text: CredentialAnswer(token, for: description).pieces, json: .null)
        } catch {
            return Report(text: CredentialAnswer.quit.pieces, json: .null, failures: [error])
        }
    }

    /// Never a failure of the git command that calls it: the worst is that a token which is no good stays a while.
    func erase() -> Report {
        do throws(MintError) {
            let text = try standardInput()
            guard let (_, resource, session) = try answerer(of: text) else { return Report(lines: [], json: .null) }
            for field in ["password", "credential"] {
                try drop(text.reveal { CredentialDescription.secret(named: field, in: $0) }, resource, session)
            }
        } catch {
            context.trace("erase: \(error.message)")
        }
        return Report(lines: [], json: .null)
    }

    /// Returns what git asks for, and what can answer it; `nil` where the host is not ours: then no manifest is read.
    private func answerer(
        of text: borrowing Secret
    ) throws(MintError) -> (CredentialDescription, Resource?, TokenSession)? {
        let git = GitCredential(try arguments.authority(in: context.environment), context: context)
        guard let question = try git.question(text) else { return nil }
        let session = try Session(call, authority: question.authority)
        // A member's token is for all that the member may reach.
        let resource =
            session.member != nil
            ? nil : try git.resource(of: question) { () throws(MintError) in try session.gate?.resourceForGit() }
        return (question.description, resource, try TokenSession(session))
    }

    private func drop(_ rejected: consuming Secret?, _ resource: Resource?, _ session: TokenSession) throws(MintError) {
        switch rejected {
        case .none: break
        case .some(let secret): try session.exchanger.drop(secret, for: resource)
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
