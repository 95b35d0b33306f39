/// The includes of git's configuration that are no regular files: git would wait for them, or fail.
///
/// Each file is read by a git that sees no other file and follows no include, so that it answers.
/// <https://git-scm.com/docs/git-config#_includes>
struct GitIncludes {
    /// An include that is no regular file, and the file or variable that includes it.
    struct NonFile {
        let path: String
        let kind: FileKind
        let includer: String
        /// Whether git reads it only under a condition.
        let isConditional: Bool
    }

    private let context: Context
    private var seen: [String] = []
    private(set) var nonFiles: [NonFile] = []

    init(from files: [String], in context: Context) {
        self.context = context
        for file in files { read(file, isConditional: false) }
        for (path, isConditional) in Self.includes(of: context.environment) {
            include(path, from: nil, isConditional: isConditional)
        }
    }

    private mutating func read(_ file: String, isConditional: Bool) {
        // Git itself reads includes to a depth of ten.
        guard seen.count < 200, !seen.contains(where: { $0.utf8.elementsEqual(file.utf8) }) else { return }
        seen.append(file)
        guard context.files.kind(of: file) == .regular,
            let answer = Git(in: context, with: Self.alone).ask(Self.question(file)).bytes
        else { return }
        for entry in answer.split(separator: 0) {
            let words = entry.split(separator: ASCII.lineFeed, maxSplits: 1, omittingEmptySubsequences: false)
            guard words.count == 2 else { continue }
            let path = String(decoding: words[1], as: UTF8.self)
            include(path, from: file, isConditional: isConditional || !words[0].elementsEqual(Self.always))
        }
    }

    private mutating func include(_ path: String, from includer: String?, isConditional: Bool) {
        let bytes = path.utf8
        var path = path
        if bytes.starts(with: "~/".utf8), let home = context.environment["HOME"] {
            path = home + String(decoding: bytes.dropFirst(), as: UTF8.self)
        }
        // Git refuses a relative path in a variable.
        guard FilePath(path).isAbsolute || includer != nil else { return }
        path = FilePath(path).from(includer.map { FilePath($0).folder } ?? "").text
        switch context.files.kind(of: path) {
        case .none, .link: break
        case .regular: read(path, isConditional: isConditional)
        case .device where path.utf8.elementsEqual("/dev/null".utf8): break
        case .some(let kind):
            nonFiles.append(
                NonFile(
                    path: path, kind: kind, includer: includer.map { "'\($0)'" } ?? "GIT_CONFIG_COUNT",
                    isConditional: isConditional))
        }
    }

    private static let always = Array("include.path".utf8)

    private static func question(_ file: String) -> [String] {
        ["config", "--file", file, "--no-includes", "-z", "--get-regexp", "^include(if\\..*)?\\.path$"]
    }

    /// The variables by which git reads only the file that it is asked about.
    private static let alone =
        Git.withoutConfiguration
        + [.init(key: "GIT_CONFIG_PARAMETERS", value: ""), .init(key: "GIT_DIR", value: "/dev/null")]

    /// Returns the includes that variables of git's set.
    private static func includes(of environment: Environment) -> [(path: String, isConditional: Bool)] {
        let count = min(environment["GIT_CONFIG_COUNT"].flatMap { Int($0) } ?? 0, 1_000)
        return (0..<max(0, count)).compactMap { index in
            guard let key = environment[Environment.Key("GIT_CONFIG_KEY_\(index)")]?.utf8.map(\.asciiLowercased),
                key.starts(with: "include".utf8), key.suffix(5).elementsEqual(".path".utf8),
                let path = environment[Environment.Key("GIT_CONFIG_VALUE_\(index)")]
            else { return nil }
            return (path, !key.elementsEqual(always))
        }
    }
}

extension GitIncludes {
    /// Returns the configuration files of the repository that holds `folder`, found without git.
    ///
    /// <https://git-scm.com/docs/gitrepository-layout>
    static func ofRepository(at folder: String, in context: Context) -> [String] {
        func line(_ path: String, after start: String = "") -> String? {
            guard context.files.kind(of: path) == .regular,
                let text = try? context.files.read(path, limit: 64 << 10)
            else { return nil }
            let bytes = text.withoutTrailingLineBreak().reveal { $0.bytes }
            guard bytes.starts(with: start.utf8) else { return nil }
            return String(decoding: bytes.dropFirst(start.utf8.count), as: UTF8.self)
        }
        var directory = context.environment["GIT_DIR"].map { FilePath($0).from(context.files.workingDirectory).text }
        if directory == nil,
            let top = FilePath(folder).upwards.first(where: { context.files.kind(of: "\($0)/.git") != nil })
        {
            directory = line("\(top)/.git", after: "gitdir: ").map { FilePath($0).from(top).text } ?? "\(top)/.git"
        }
        guard let directory else { return [] }
        let common = line("\(directory)/commondir").map { FilePath($0).from(directory).text } ?? directory
        return [FilePath("\(common)/config").normalised.text, "\(directory)/config.worktree"]
    }
}
