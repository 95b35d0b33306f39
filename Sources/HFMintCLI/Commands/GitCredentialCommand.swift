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
        run: { arguments, context throws(MintError) in
            switch arguments.operands.first {
            case "get": GitCredentialCommand(arguments, context).get()
            case "erase": GitCredentialCommand(arguments, context).erase()
            case "capability": Report(text: CredentialAnswer.capabilities.pieces, json: .null)
            case nil: throw .usage("no operation was named", hint: "one of get, store, erase, capability")
            // Git may ask for more one day: a helper must ignore what it does not know.
            default: Report(lines: [], json: .null)
            }
        })
}

private struct GitCredentialCommand {
    private let arguments: Arguments
    private let context: Context

    init(_ arguments: Arguments, _ context: Context) {
        self.arguments = arguments
        self.context = context
    }

    /// A question about our host that cannot be answered ends git's search, so that nobody is prompted and no other
    /// helper hands out something stale.
    func get() -> Report {
        do throws(MintError) {
            guard let question = try question() else { return Report(lines: [], json: .null) }
            let session = try TokenSession(
                arguments, authority: question.authority, gate: try arguments.gate(in: context), context)
            let token = try session.exchanger.token(for: question.resource)
            try session.exchanger.handOver([(question.resource, token)], as: .gitAnswered, how: "git-credential get")
            if let directory = session.directory {
                GitHandout(token, for: question.description, in: context.files.workingDirectory).note(in: directory)
            }
            return Report(text: CredentialAnswer(token, for: question.description).pieces, json: .null)
        } catch {
            return Report(text: CredentialAnswer.quit.pieces, json: .null, failures: [error])
        }
    }

    private func question() throws(MintError) -> GitCredential.Question? {
        let authority = try arguments.authority(in: context.environment)
        return try question(standardInput(), authority)
    }

    private func question(
        _ text: borrowing Secret, _ authority: Authority
    ) throws(MintError) -> GitCredential.Question? {
        try GitCredential(authority, context: context).question(
            text, needsResource: try arguments.needsResource(in: context)
        ) { () throws(MintError) in
            try arguments.gate(in: context)?.onlyResource()
        }
    }

    /// Never a failure of the git command that calls it: the worst is that a token which is no good stays a while.
    func erase() -> Report {
        do throws(MintError) {
            let text = try standardInput()
            let authority = try arguments.authority(in: context.environment)
            guard let question = try question(text, authority) else {
                return Report(lines: [], json: .null)
            }
            let session = try TokenSession(
                arguments, authority: question.authority, gate: try arguments.gate(in: context), context)
            for field in ["password", "credential"] {
                try drop(text.reveal { CredentialDescription.secret(named: field, in: $0) }, question, session)
            }
        } catch {
            context.trace("erase: \(error.message)")
        }
        return Report(lines: [], json: .null)
    }

    private func drop(_ rejected: consuming Secret?, _ question: GitCredential.Question, _ session: TokenSession)
        throws(MintError)
    {
        switch rejected {
        case .none: break
        case .some(let secret): try session.exchanger.drop(secret, for: question.resource)
        }
    }

    private func standardInput() throws(MintError) -> Secret {
        do throws(FileFailure) {
            return try context.files.readQuestion(limit: CredentialDescription.byteLimit)
        } catch {
            throw .usage("cannot read what git sent: \(error.reason)")
        }
    }
}
