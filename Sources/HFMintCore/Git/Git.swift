/// git, run so that it finds its configuration as every other git of this place does.
///
/// What it prints may hold a secret, and its complaints quote file names, which hfmint prints nowhere unescaped.
struct Git {
    /// What came of a call.
    enum Answer {
        case printed(SharedSecret)
        case failed(Int)
        case notRun(ProcessFailure, predicate: String)
    }

    private let processes: any Processes
    /// What the shell does first, in whose place git is then.
    private let beginning: String

    /// - Parameters:
    ///   - folder: where git runs, if not here.
    ///   - variables: what its environment has besides this process's own.
    init(in context: Context, at folder: String? = nil, with variables: [GitConfiguration.Entry] = []) {
        processes = context.processes
        let exports = variables.map { "export \($0.key)=\(shellQuoted($0.value)); " }.joined()
        let change = folder.map { "cd \(shellQuoted($0)) && " } ?? ""
        // `GIT_CONFIG` has `git config` look at one file, and no other git: it would show what no push ever meets.
        // <https://git-scm.com/docs/git-config#Documentation/git-config.txt-GITCONFIG>
        // Where files may not grow, git says so and takes its lock away; the signal would leave it.
        beginning = "trap '' XFSZ; unset GIT_CONFIG; \(exports)\(change)"
    }

    /// Asks for what git knows at once: one that takes 5 s waits for something that will not come.
    func ask(_ arguments: [String]) -> Answer {
        let command = command(arguments, isQuiet: true, timeLimit: .seconds(5))
        do throws(ProcessFailure) {
            let result = try processes.run(command)
            return result.status == 0 ? .printed(SharedSecret(result.output.duplicate())) : .failed(result.status)
        } catch {
            return .notRun(error, predicate: error.predicate(of: command))
        }
    }

    /// Runs what git must do before hfmint goes on; it may wait for a disk.
    ///
    /// - Parameter isQuiet: whether git's complaints are thrown away.
    /// - Throws: ``MintError/Code/stateUnusable`` where there is no git, or it does not end.
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
        let script = "\(beginning)exec git \"$@\"\(isQuiet ? " 2>/dev/null" : "")"
        return ChildCommand(
            ["/bin/sh", "-c", script, "git"] + arguments, timeLimit: timeLimit, byteLimit: 1 << 20)
    }

    static let missing = MintError(.stateUnusable, "git could not be run", hint: "install it: apt-get install git")
}

extension Git.Answer {
    /// What git printed; `nil` where it failed, or was not run.
    var printed: SharedSecret? { if case .printed(let output) = self { output } else { nil } }

    /// The same as bytes, where it holds no secret.
    var bytes: [UInt8]? { printed.map { $0.secret.reveal { $0.bytes } } }

    /// A path that git printed, without the line break behind it; `nil` where it printed none.
    var path: String? {
        let path = printed.map { output in
            output.secret.duplicate().withoutTrailingLineBreak().reveal { String(decoding: $0.bytes, as: UTF8.self) }
        }
        return path?.isEmpty == false ? path : nil
    }
}
