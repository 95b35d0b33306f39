/// The program git, run so that it finds its configuration as every other git in this directory does.
///
/// Its output may hold a secret. Its complaints quote file names unescaped, so most calls throw them away.
struct Git {
    /// What came of a question.
    enum Outcome {
        case printed(SharedSecret)
        case failed(Int)
        case notRun(ProcessFailure, predicate: String)
    }

    private let processes: any Processes
    /// The commands of the shell before it becomes git.
    private let setup: String

    /// - Parameters:
    ///   - folder: the folder in which git runs; `nil` for this process's own.
    ///   - variables: the variables of its environment besides this process's own.
    init(in context: Context, at folder: String? = nil, with variables: [GitConfiguration.Entry] = []) {
        processes = context.processes
        let exports = variables.map { "export \($0.key)=\(shellQuoted($0.value)); " }.joined()
        let change = folder.map { "cd \(shellQuoted($0)) && " } ?? ""
        // Only `git config` obeys `GIT_CONFIG`: it would show settings that no push reads.
        // <https://git-scm.com/docs/git-config#Documentation/git-config.txt-GITCONFIG>
        // Without the trap, a limit of file sizes would kill git, and leave its lock behind.
        setup = "trap '' XFSZ; unset GIT_CONFIG; \(exports)\(change)"
    }

    /// Asks a question that git answers at once: a git that takes 5 s would never answer.
    func ask(_ arguments: [String]) -> Outcome {
        let command = command(arguments, isQuiet: true, timeLimit: .seconds(5))
        do throws(ProcessFailure) {
            let result = try processes.run(command)
            return result.status == 0 ? .printed(SharedSecret(result.output.duplicate())) : .failed(result.status)
        } catch {
            return .notRun(error, predicate: error.predicate(of: command))
        }
    }

    /// Runs a command for up to 30 s, because it may wait for a disk, and returns its status and output.
    ///
    /// - Parameter isQuiet: whether to throw git's complaints away.
    /// - Throws: ``MintError/Code/stateUnusable`` if there is no git, or it does not end.
    func run(_ arguments: [String], isQuiet: Bool = true) throws(MintError) -> ChildResult {
        let command = command(arguments, isQuiet: isQuiet, timeLimit: .seconds(30))
        do throws(ProcessFailure) {
            return try processes.run(command)
        } catch .timedOut {
            throw MintError(
                .stateUnusable, "git did not end: it waits for a file of its configuration, or for the disk",
                hint: "run `git config --list --show-origin` here: where it stops shows which")
        } catch .notFound {
            throw Self.missing
        } catch {
            throw MintError(
                .stateUnusable, "git could not be run: it \(error.predicate(of: command))",
                hint: "see whether this works: git --version")
        }
    }

    private func command(_ arguments: [String], isQuiet: Bool, timeLimit: Duration) -> ChildCommand {
        let script = "\(setup)exec git \"$@\"\(isQuiet ? " 2>/dev/null" : "")"
        return ChildCommand(
            ["/bin/sh", "-c", script, "git"] + arguments, timeLimit: timeLimit, byteLimit: 1 << 20)
    }

    static let missing = MintError(.stateUnusable, "git could not be run", hint: "install it: apt-get install git")

    /// The variables with which git reads no configuration of the user's or the machine's.
    static let withoutConfiguration = [
        ("HOME", "/dev/null"), ("XDG_CONFIG_HOME", "/dev/null"), ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_COUNT", "0"),
    ].map { GitConfiguration.Entry(key: $0, value: $1) }
}

extension Git.Outcome {
    /// The output, or `nil` if git failed or was not run.
    var printed: SharedSecret? { if case .printed(let output) = self { output } else { nil } }

    /// The output as bytes, for a question whose answer holds no secret.
    var bytes: [UInt8]? { printed.map { $0.secret.reveal { $0.bytes } } }

    /// The path that git printed, without its line break, or `nil` if it printed none.
    var path: String? {
        let path = printed.map { $0.secret.duplicate().withoutTrailingLineBreak().reveal { $0.text } }
        return path?.isEmpty == false ? path : nil
    }
}
