/// What keeps git from using hfmint's token, or from keeping it to itself: doctor tells it, and setup-git when it is run.
package struct GitObstacle: Equatable, Sendable {
    /// Whether git fails, or uses something else, whatever hfmint answers.
    package let isFatal: Bool
    /// A clause for a person: the setting, the file, never a value.
    package let message: String
    package let next: String
}

extension GitFindings {
    /// `Authorization` headers that win over a credential, and other headers.
    ///
    /// What `actions/checkout` sets for its own host has been set for every host, too.
    /// <https://github.com/actions/checkout/issues/162>
    package func headerObstacles(_ origins: [String], for resource: Resource? = nil) -> [GitObstacle] {
        let found = origins.compactMap { origin in sent(to: origin, for: resource).map { (origin, $0) } }
        guard let (origin, sent) = found.first(where: { $0.1.header == .authorization }) ?? found.first else {
            return []
        }
        let place = "(\(sent.setting.key) \(sent.setting.place))"
        guard sent.header == .authorization else {
            return [
                GitObstacle(
                    isFatal: false, message: "git sends \(origin) an extra header \(place)",
                    next: "if it is not meant for the Hub, \(sent.setting.removal)")
            ]
        }
        return [
            GitObstacle(
                isFatal: true,
                message: "git sends \(origin) an `Authorization` header \(place): no helper is asked, and the Hub gets"
                    + " the wrong one",
                next: sent.setting.removal)
        ]
    }

    /// URLs that log in by themselves.
    package var loginObstacles: [GitObstacle] {
        logins.map { login in
            let next = login.setting.file.map { file in
                "take what stands before the `@` out of that URL: "
                    + (login.setting.line.map { "line \($0) of \(shellQuoted(file)), in an editor" }
                        ?? "git config --file \(shellQuoted(file)) --edit")
            }
            return GitObstacle(
                isFatal: login.hasPassword,
                message: "\(login.setting.key) \(login.setting.place) holds "
                    + (login.hasPassword
                        ? "a password in a URL of the Hub's: git logs in with it, and never asks hfmint"
                        : "a token in a URL of the Hub's, as its user name: whoever can read it there has it"),
                next: next ?? login.setting.removal)
        }
    }

    /// Helpers that are asked before hfmint or in its place, are told its tokens, or are hfmint and cannot be run.
    package func helperObstacles(_ origins: [String]) -> [GitObstacle] {
        var obstacles: [GitObstacle] = []
        var told: [Setting] = []
        for origin in origins {
            let helpers = helpers(for: origin)
            let ours = helpers.firstIndex { $0.isHFMint }
            obstacles += broken(helpers.filter { $0.isHFMint && !told.contains($0) })
            for (index, helper) in helpers.enumerated() where !told.contains(helper) && !helper.isHFMint {
                // The first that answers ends git's search, and every one of the list is told what worked.
                guard index == 0 || ours.map({ index > $0 }) == true else { continue }
                obstacles.append(
                    GitObstacle(
                        isFatal: false, message: "\(helper.named) \(role(of: index, ours, origin))",
                        next: helper.mending))
            }
            told += helpers
        }
        return obstacles + overrulingObstacles(origins)
    }

    private func role(of index: Int, _ ours: Int?, _ origin: String) -> String {
        guard let ours else { return "answers git for \(origin), and hfmint is not asked" }
        return index < ours
            ? "answers git for \(origin), before hfmint is asked"
            : "is told every token that hfmint gives git, and may keep it longer than the job lives"
    }

    /// One that works is enough for git, which says a word about each of the others.
    private func broken(_ helpers: [Setting]) -> [GitObstacle] {
        let broken = helpers.compactMap { helper in
            troubles[helper.value ?? ""].map { (helper: helper, trouble: $0) }
        }
        return broken.map { helper, trouble in
            GitObstacle(
                isFatal: broken.count == helpers.count,
                message: "git asks \(helper.path) for the Hub's credential (\(helper.place)), and \(trouble)",
                next: "run `hfmint setup-git` with the hfmint that is to be asked, also after an upgrade or a move"
                    + " (setup-git --undo takes the old one out)")
        }
    }
}

extension GitFindings.Setting {
    /// The helper by its program, and where it is set.
    fileprivate var named: String { "\(GitHelper(value: value ?? "").program) (\(key) \(place))" }

    /// The program of hfmint's as it is called; its options may be anything.
    fileprivate var path: String {
        let words = GitHelper(value: value ?? "").command.utf8.split(separator: ASCII.space)
        let program = words.prefix { !$0.elementsEqual("git-credential".utf8) }
        return "'\(program.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " "))'"
    }
}
