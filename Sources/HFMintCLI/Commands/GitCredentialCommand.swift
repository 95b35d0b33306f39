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
        options: Option.exchanging + [.quiet, .verbose],
        examples: [
            Example("let git ask it", "hfmint setup-git"),
            Example(
                "ask as git does",
                "printf 'protocol=https\\nhost=huggingface.co\\npath=acme/model\\n' | hfmint git-credential get"),
        ],
        isCalledByGit: true,
        run: GitCredentialCommand.run)
}

private struct GitCredentialCommand {
    private let call: Call
    private var context: Context { call.context }

    static func run(_ call: Call) throws(MintError) -> Report {
        switch call.arguments.operands.first {
        case "get": return Self(call: call).get()
        case "erase": return Self(call: call).erase()
        case "capability": return Report(text: CredentialAnswer.capabilities.pieces)
        case nil: throw .usage("no operation was named", hint: "one of get, store, erase, capability")
        // A helper must ignore what it does not know: <https://git-scm.com/docs/gitcredentials#_custom_helpers>.
        default: return Report()
        }
    }

    /// Answers git, or ends git's search: then nobody is prompted, and no other helper hands out a stale credential.
    private func get() -> Report {
        do throws(MintError) {
            let git = try git()
            guard let question = try git.question(standardInput()) else { return Report() }
            let session = try Session(call, authority: question.authority)
            let resource = try resource(of: question, git, session)
            let job = try TokenSession(session)
            let token = try job.exchanger.token(for: resource)
            try job.exchanger.handOver([(resource, token)], as: .gitAnswered, how: "git-credential get")
            if let directory = job.directory {
                GitHandout(token, for: question.description, in: context.files.workingDirectory).note(in: directory)
            }
            return Report(text: CredentialAnswer(token, for: question.description).pieces)
        } catch {
            return Report(text: CredentialAnswer.quit.pieces, failures: [error])
        }
    }

    /// Drops the token that the Hub rejected.
    ///
    /// A mistake in an option or in the manifest is an error, which git passes on to the user and otherwise ignores.
    /// Any other failure is only traced, as it costs little: a useless token stays a while.
    private func erase() -> Report {
        do throws(MintError) {
            let git = try git()
            let text = try standardInput()
            guard let question = try git.question(text) else { return Report() }
            let session: Session
            let job: TokenSession
            do throws(MintError) {
                session = try Session(call, authority: question.authority)
                job = try TokenSession(session)
            } catch {
                guard error.code.exitStatus == .usage else { throw error }
                return Report(failures: [error])
            }
            let resource = try resource(of: question, git, session)
            for field in ["password", "credential"] {
                switch text.reveal({ CredentialDescription.secret(named: field, in: $0) }) {
                case .none: break
                case .some(let rejected): try job.exchanger.drop(rejected, for: resource)
                }
            }
        } catch {
            context.trace("erase: \(error.message)")
        }
        return Report()
    }

    private func git() throws(MintError) -> GitCredential {
        GitCredential(try call.arguments.authority(in: context.environment), context: context)
    }

    /// Returns the repository that git asks about, or nil for a member's token, which is for all of the member's.
    private func resource(
        of question: GitCredential.Question, _ git: GitCredential, _ session: Session
    ) throws(MintError) -> Resource? {
        guard session.member == nil else { return nil }
        return try git.resource(of: question) { () throws(MintError) in try session.gate?.resourceForGit() }
    }

    private func standardInput() throws(MintError) -> Secret {
        do throws(FileFailure) {
            return try context.files.readStandardInput(.question, limit: CredentialDescription.byteLimit)
        } catch {
            throw .usage("cannot read what git sent: \(error.reason)")
        }
    }
}
