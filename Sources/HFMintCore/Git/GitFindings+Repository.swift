/// Finds log-ins outside the configuration that git reads here: in a repository's own files, and in its submodules.
extension GitFindings {
    mutating func takeRepository(_ hosts: GitHosts, _ git: Git, in context: Context) {
        takeBroughtAlong(hosts, git, context.files)
        let names = ["remotes", "branches", "modules"]
        let answer = git.ask(["rev-parse"] + names.flatMap { ["--git-path", $0] })
        guard let lines = answer.bytes?.split(separator: ASCII.lineFeed) else { return }
        let folders = lines.map { line in
            FilePath(String(decoding: line, as: UTF8.self)).from(context.files.workingDirectory).normalised.text
        }
        guard folders.count == names.count else { return }
        takeRemoteFiles(in: folders[0], hosts, context.files) { text in
            text.equals("URL:", in: 0..<min(4, text.count)) ? 4 : nil
        }
        takeRemoteFiles(in: folders[1], hosts, context.files, isOneLine: true) { _ in 0 }
        var looks = Self.mostLooks
        for folder in Self.submodules(below: folders[2], context.files, &looks) {
            guard takeSubmodule(folder, hosts, git) else { return }
        }
    }

    /// Takes the URLs of the files for git-lfs and `git submodule`, which git itself does not read.
    ///
    /// <https://github.com/git-lfs/git-lfs/blob/main/docs/man/git-lfs-config.adoc#lfsconfig>,
    /// <https://git-scm.com/docs/gitmodules>
    private mutating func takeBroughtAlong(_ hosts: GitHosts, _ git: Git, _ files: any ReadableFiles) {
        guard let folder = git.ask(["rev-parse", "--show-toplevel"]).path else { return }
        for name in [".lfsconfig", ".gitmodules"] where files.kind(of: "\(folder)/\(name)") == .regular {
            let words = ["--file", "\(folder)/\(name)", "--get-regexp", "^(lfs|remote|submodule)\\..*url$"]
            let found = git.ask(["config", "-z", "--show-origin"] + words).printed
            if let found { take(found.secret, hasScope: false, hosts) }
        }
    }
}

extension GitFindings {
    /// Takes the URLs of remotes that old gits kept in files: `URL: …` in `remotes/`, and `URL#branch` in `branches/`.
    ///
    /// Git still reads such a file if the configuration has no URL for the remote.
    /// <https://git-scm.com/docs/git-fetch#_named_file_in_git_dirremotes>, `read_remotes_file` and
    /// `read_branches_file` in <https://github.com/git/git/blob/v2.39.5/remote.c>
    ///
    /// - Parameter start: returns where the URL begins in a line, or `nil` if the line holds none.
    private mutating func takeRemoteFiles(
        in folder: String, _ hosts: GitHosts, _ files: any ReadableFiles, isOneLine: Bool = false,
        start: (Span<UInt8>) -> Int?
    ) {
        for name in files.names(in: folder) where !remotes.contains(where: { $0.equals(name) }) {
            let path = "\(folder)/\(name)"
            guard files.kind(of: path) == .regular, let file = try? files.read(path, limit: 1 << 20) else { continue }
            file.reveal { text in
                for (number, line) in text.lines.prefix(isOneLine ? 1 : .max).enumerated() {
                    let line = text.extracting(line)
                    guard let start = start(line),
                        let first = (start..<line.count).first(where: { !line[$0].isBlank }),
                        let hasPassword = Self.hasPassword(line.extracting(first..<line.count), hosts)
                    else { continue }
                    let setting = Setting(
                        origin: "file:\(path)", scope: "local", key: "the remote '\(name)'".withoutTokens,
                        line: number + 1)
                    logins.append(Login(setting: setting, hasPassword: hasPassword))
                }
            }
        }
    }

    /// Takes what git finds only in the submodule whose repository is `folder`.
    ///
    /// - Returns: `false` if git did not answer in time; then it would not for the next submodule either.
    private mutating func takeSubmodule(_ folder: String, _ hosts: GitHosts, _ git: Git) -> Bool {
        var found = GitFindings()
        // The submodule's own work tree need not exist.
        let within = ["--git-dir=\(folder)", "--work-tree=."]
        switch git.ask(within + Self.scopedQuery) {
        case .printed(let output): found.take(output.secret, hasScope: true, hosts)
        case .notRun(.timedOut, _): return false
        default:
            let file = ["config", "--includes", "--file", "\(folder)/config"]
            switch git.ask(file + Self.query) {
            case .printed(let output): found.take(output.secret, hasScope: false, hosts)
            case .notRun(.timedOut, _): return false
            default: break
            }
        }
        logins += found.logins.filter { !logins.contains($0) }
        headers += found.headers.filter { $0.header != .none && !headers.contains($0) }
        return true
    }

    /// The number of names to look at for submodules, because links may lead in circles.
    private static let mostLooks = 4_096

    /// Returns the folders of the submodules' repositories, also of nested ones; a name may hold slashes.
    ///
    /// <https://git-scm.com/docs/gitrepository-layout#Documentation/gitrepository-layout.txt-modules>
    private static func submodules(
        below folder: String, _ files: any ReadableFiles, _ looks: inout Int, depth: Int = 0
    ) -> [String] {
        var found: [String] = []
        guard depth < 12 else { return found }
        for name in files.names(in: folder) {
            guard looks > 0 else { return found }
            looks -= 1
            let path = "\(folder)/\(name)"
            guard files.kind(of: path) == .directory else { continue }
            let isRepository = files.kind(of: "\(path)/config") == .regular && files.kind(of: "\(path)/HEAD") != nil
            if isRepository { found.append(path) }
            found += submodules(below: isRepository ? "\(path)/modules" : path, files, &looks, depth: depth + 1)
        }
        return found
    }
}
