/// The value of a `credential.helper`, which git runs as a command.
///
/// <https://git-scm.com/docs/gitcredentials#_custom_helpers>
struct GitHelper {
    let value: String

    /// The command that git has the shell run, without the operation at its end.
    var command: String {
        if value.utf8.first == UInt8(ascii: "!") { return String(decoding: value.utf8.dropFirst(), as: UTF8.self) }
        return FilePath(value).isAbsolute ? value : "git credential-\(value)"
    }

    /// Whether the helper is hfmint: `hfmint git-credential`, or a program named `git-credential-hfmint`.
    var isHFMint: Bool {
        let words = command.utf8.split(separator: ASCII.space).map { word in
            Array(word.filter { $0 != ASCII.apostrophe && $0 != ASCII.quote })
        }
        if words.contains(where: { $0.equals("git-credential") }) { return true }
        if value.utf8.elementsEqual("hfmint".utf8) || value.utf8.starts(with: "hfmint ".utf8) { return true }
        return words.first?.split(separator: ASCII.slash).last?.elementsEqual("git-credential-hfmint".utf8) == true
    }

    /// Returns the file that the value gives `git credential-store`, relative to the folder in which the helper runs.
    ///
    /// It is empty if the value names no file, and `nil` for another helper or a value that only a shell can read.
    func storeFile(home: String?) -> String? {
        guard let words = ShellWords(value)?.words, let program = words.first?.split(separator: ASCII.slash).last,
            program.elementsEqual("store".utf8) || program.elementsEqual("git-credential-store".utf8)
        else { return nil }
        let option = Array("--file".utf8)
        guard let index = words.firstIndex(where: { $0.starts(with: option) }) else { return "" }
        let isJoined = words[index].count > option.count
        let named = isJoined ? Array(words[index].dropFirst(option.count + 1)) : words[(index + 1)...].first ?? []
        guard named.starts(with: "~/".utf8), let home else { return String(decoding: named, as: UTF8.self) }
        return home + String(decoding: named.dropFirst(), as: UTF8.self)
    }

    /// The program's name for a message, without the rest of the value, which may hold a secret.
    var program: String {
        guard value.utf8.first != UInt8(ascii: "!") else { return "a shell command" }
        let word = value.utf8.prefix { $0 != ASCII.space }
        let name = word.split(separator: ASCII.slash).last ?? word
        let isPlain = name.allSatisfy { $0.isASCIILetterOrDigit || "-_.".utf8.contains($0) } && name.count <= 40
        return isPlain ? "'\(String(decoding: name, as: UTF8.self))'" : "another program"
    }

    /// Returns why git cannot get an answer from hfmint through this helper, or `nil` if it can.
    ///
    /// This runs the helper as git does, with the operation that needs no question.
    func failure(in machine: Machine) -> String? {
        let result: ChildResult
        do throws(ProcessFailure) {
            result = try run("capability", in: machine)
        } catch {
            return error == .timedOut ? "it does not end" : "it cannot be run"
        }
        let isOurs = result.output.reveal { $0.bytes.starts(with: "version 0\ncapability authtype\n".utf8) }
        guard result.status != 0 || !isOurs else { return nil }
        return switch result.status {
        case 0: "it is another program"
        // Git ends with 1 if `PATH` has no program `git-credential-…`.
        case 127: "it is not there"
        case 1 where value.utf8.first != ASCII.slash && value.utf8.first != UInt8(ascii: "!"): "it is not there"
        case 126: "this user may not run it, or this machine cannot"
        default: "it ends with status \(result.status)"
        }
    }

    /// Runs one operation of the helper as git does, with the prompts of known helpers switched off.
    ///
    /// - Parameter folder: the folder in which git was called; `nil` for this process's own.
    func run(
        _ operation: String, _ input: SharedSecret? = nil, at folder: String? = nil, in machine: Machine
    ) throws(ProcessFailure) -> ChildResult {
        let quiet = "exec 2>/dev/null; export GIT_TERMINAL_PROMPT=0 GCM_INTERACTIVE=never GIT_ASKPASS= SSH_ASKPASS=; "
        let change = folder.map { "cd \(shellQuoted($0)); " } ?? ""
        return try machine.processes.run(
            ChildCommand(
                ["/bin/sh", "-c", "\(quiet)\(change)\(command) \(operation)"], input: input, timeLimit: .seconds(5)))
    }
}
