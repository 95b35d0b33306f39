/// Takes back the tokens that git handed on: from the files of `git credential-store`, and from every other helper.
package struct GitTakeBack: Sendable {
    private let handouts: [GitHandout]
    private let context: Context

    package private(set) var removed: [String] = []
    package private(set) var remaining: [String] = []

    /// Takes the tokens back at once.
    ///
    /// - Parameter directory: the job's directory, whose notes name the tokens.
    package init(_ directory: any PrivateDirectory, in context: Context) {
        handouts = GitHandout.all(in: directory)
        self.context = context
        guard !handouts.isEmpty else { return }
        var files = Self.defaultFiles(context.environment)
        let obstacle = GitConfigurationFile.obstacle(in: context, at: folders)
        if let obstacle { remaining.append("what git's other helpers may keep: \(obstacle.message)") }
        for helper in obstacle?.isFatal == true ? [] : helpers {
            if let file = helper.storeFile(home: context.environment["HOME"]) {
                for path in Self.paths(file, in: folders) where !files.contains(path) { files.append(path) }
            } else {
                takeBack(from: helper)
            }
        }
        for file in files { takeBack(fromFile: file) }
    }

    /// Returns the files that `git credential-store` uses if it is given none.
    ///
    /// <https://git-scm.com/docs/git-credential-store#FILES>
    private static func defaultFiles(_ environment: Environment) -> [String] {
        let home = environment["HOME"]
        let configuration = environment["XDG_CONFIG_HOME"] ?? home.map { "\($0)/.config" }
        return [home.map { "\($0)/.git-credentials" }, configuration.map { "\($0)/git/credentials" }].compactMap(\.self)
    }

    /// Returns the paths that the file has in `folders`, because git runs a helper in its own folder.
    private static func paths(_ file: String, in folders: [String]) -> [String] {
        guard !file.isEmpty, !FilePath(file).isAbsolute else { return file.isEmpty ? [] : [file] }
        return folders.map { FilePath(file).from($0).text }
    }

    /// The folders in which git asked, and this process's own.
    private var folders: [String] { Set(handouts.map(\.folder) + [context.files.workingDirectory]).sorted() }

    /// The helpers that git's settings name in `folders`, each once; an empty setting that resets the list is ignored.
    private var helpers: [GitHelper] {
        var values: [String] = []
        for folder in folders {
            let question = ["config", "-z", "--get-regexp", "^credential\\.(.*\\.)?helper$"]
            for entry in (Git(in: context, at: folder).ask(question).bytes ?? []).split(separator: 0) {
                let value = String(decoding: entry.drop { $0 != ASCII.lineFeed }.dropFirst(), as: UTF8.self)
                if !value.isEmpty, !values.contains(value) { values.append(value) }
            }
        }
        return values.map { GitHelper(value: $0) }.filter { !$0.isHFMint }
    }

    private mutating func takeBack(fromFile path: String) {
        let (handouts, context) = (handouts, context)
        do throws(FileFailure) {
            let count = try context.files.removeLines(from: path, clock: context.clock) { line in
                guard let password = storedPassword(in: line) else { return false }
                return handouts.contains { $0.isToken(password, in: context.machine) }
            }
            if count > 0 { removed.append("\(Self.tokens(count)) in '\(path)'") }
        } catch {
            remaining.append("what git may have stored in '\(error.path)': \(error.reason)")
        }
    }

    /// Has a helper erase each token that it holds.
    ///
    /// The helper is asked first, so that it erases only ours: before git 2.42, it erases any password of that user.
    private mutating func takeBack(from helper: GitHelper) {
        var count = 0
        for handout in handouts {
            guard let held = password(helper, handout), handout.isToken(held.secret, in: context.machine) else {
                continue
            }
            _ = try? helper.run(
                "erase", handout.erasure(of: held.secret), at: handout.folder, in: context.machine)
            if let still = password(helper, handout), handout.isToken(still.secret, in: context.machine) {
                remaining.append("a token that \(helper.program) keeps for git, and did not erase")
            } else {
                count += 1
            }
        }
        if count > 0 { removed.append("\(Self.tokens(count)) that \(helper.program) kept for git") }
    }

    private static func tokens(_ count: Int) -> String { count == 1 ? "a token" : "\(count) tokens" }

    private func password(_ helper: GitHelper, _ handout: GitHandout) -> SharedSecret? {
        guard let answer = try? helper.run("get", handout.question, at: handout.folder, in: context.machine) else {
            return nil
        }
        let found = answer.output.reveal { CredentialDescription.secret(named: "password", in: $0) }
        switch consume found {
        case .none: return nil
        case .some(let password): return SharedSecret(password)
        }
    }
}

/// Returns the password of a line of `git credential-store`, a URL with percent-encoding, or `nil`.
///
/// <https://git-scm.com/docs/git-credential-store#_storage_format>
package func storedPassword(in line: Span<UInt8>) -> Secret? {
    guard let scheme = line.indices.first(where: { line[$0] == ASCII.colon }), scheme + 3 <= line.count,
        line.equals("://", in: scheme..<scheme + 3)
    else { return nil }
    let start = scheme + 3
    guard let end = (start..<line.count).first(where: { line[$0] == UInt8(ascii: "@") }),
        let colon = (start..<end).first(where: { line[$0] == ASCII.colon })
    else { return nil }
    var password = SecretBuffer(capacity: end - colon)
    var index = colon + 1
    while index < end {
        if line[index] == UInt8(ascii: "%"), index + 2 < end, let high = line[index + 1].hexDigitValue,
            let low = line[index + 2].hexDigitValue
        {
            password.append(high << 4 | low)
            index += 3
        } else {
            password.append(line[index])
            index += 1
        }
    }
    return password.finish()
}
