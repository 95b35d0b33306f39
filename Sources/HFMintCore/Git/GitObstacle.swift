/// A cause that keeps git from using hfmint's token, or that gives others the token; doctor and setup-git report it.
package struct GitObstacle: Equatable, Sendable {
    /// Whether git fails, or uses another credential, regardless of hfmint's answer.
    package let isFatal: Bool
    /// A clause that names the setting and its file, never a value.
    package let message: String
    /// What to type or to change next.
    package let next: String
}

extension GitFindings {
    /// Returns the extra header that git sends to one of `origins`, an `Authorization` header before any other.
    ///
    /// `actions/checkout` has set the header for its own host for every host, too.
    /// <https://github.com/actions/checkout/issues/162>
    package func headerObstacles(_ origins: [String], for resource: Resource? = nil) -> [GitObstacle] {
        let found = origins.compactMap { origin in sent(to: origin, for: resource).map { (origin: origin, sent: $0) } }
        guard let (origin, sent) = found.first(where: { $0.sent.header == .authorization }) ?? found.first else {
            return []
        }
        let source = "(\(sent.setting.key) \(sent.setting.location))"
        guard sent.header == .authorization else {
            return [
                GitObstacle(
                    isFatal: false, message: "git sends \(origin) an extra header \(source)",
                    next: "if it is not meant for the Hub, \(sent.setting.removal)")
            ]
        }
        return [
            GitObstacle(
                isFatal: true,
                message: "git sends \(origin) an `Authorization` header \(source): no helper is asked, and the Hub gets"
                    + " the wrong one",
                next: sent.setting.removal)
        ]
    }

    /// The URLs that log in by themselves.
    package var loginObstacles: [GitObstacle] {
        logins.map { login in
            let next = login.setting.file.map { file in
                "take what stands before the `@` out of that URL: "
                    + (login.setting.line.map { "line \($0) of \(shellQuoted(file)), in an editor" }
                        ?? "git config --file \(shellQuoted(file)) --edit")
            }
            return GitObstacle(
                isFatal: login.hasPassword,
                message: "\(login.setting.key) \(login.setting.location) holds "
                    + (login.hasPassword
                        ? "a password in a URL of the Hub's: git logs in with it, and never asks hfmint"
                        : "a token in a URL of the Hub's, as its user name: whoever can read it there has it"),
                next: next ?? login.setting.removal)
        }
    }

    /// Returns helpers that answer before hfmint or instead of it, that learn its tokens, or that are a broken hfmint.
    package func helperObstacles(_ origins: [String]) -> [GitObstacle] {
        var obstacles: [GitObstacle] = []
        var reported: [Setting] = []
        for origin in origins {
            let helpers = helpers(for: origin)
            let ours = helpers.firstIndex { $0.isHFMint }
            obstacles += broken(helpers.filter { $0.isHFMint && !reported.contains($0) })
            for (index, helper) in helpers.enumerated() where !reported.contains(helper) && !helper.isHFMint {
                // Git stops at the first answer, and then tells every helper of the list the token that worked.
                guard index == 0 || ours.map({ index > $0 }) == true else { continue }
                obstacles.append(
                    GitObstacle(
                        isFatal: false, message: "\(helper.named) \(role(of: index, ours, origin))",
                        next: helper.fix))
            }
            reported += helpers
        }
        return obstacles + overrulingObstacles(origins)
    }

    private func role(of index: Int, _ ours: Int?, _ origin: String) -> String {
        guard let ours else { return "answers git for \(origin), and hfmint is not asked" }
        return index < ours
            ? "answers git for \(origin), before hfmint is asked"
            : "is told every token that hfmint gives git, and may keep it longer than the job lives"
    }

    /// Returns the helpers of hfmint's that cannot be run; one that works is enough for git.
    private func broken(_ helpers: [Setting]) -> [GitObstacle] {
        let broken = helpers.compactMap { helper in
            helperFailures[helper.value ?? ""].map { (helper: helper, failure: $0) }
        }
        return broken.map { helper, failure in
            GitObstacle(
                isFatal: broken.count == helpers.count,
                message: "git asks \(helper.path) for the Hub's credential (\(helper.location)), and \(failure)",
                next: "run `hfmint setup-git` with the hfmint that is to be asked, also after an upgrade or a move"
                    + " (setup-git --undo takes the old one out)")
        }
    }
}

extension GitFindings.Setting {
    /// The program of the helper, and where it is set.
    fileprivate var named: String { "\(GitHelper(value: value ?? "").program) (\(key) \(location))" }

    /// The path of the hfmint that the helper calls, without its options.
    fileprivate var path: String {
        let words = GitHelper(value: value ?? "").command.utf8.split(separator: ASCII.space)
        let program = words.prefix { !$0.elementsEqual("git-credential".utf8) }
        return "'\(program.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " "))'"
    }
}
