extension Check {
    /// What `actions/checkout` sets for its own host has been set for every host, too.
    ///
    /// <https://github.com/actions/checkout/issues/162>
    static let gitHeader = Check(
        id: "git-header", title: "whether git sends the Hub a header that wins over a credential"
    ) { examination in
        guard let git = examination.git else { return [.skip("there is no git here")] }
        let sent = git.sent.filter { $0.value != .none }.sorted { $0.key < $1.key }
        guard let (origin, header) = sent.first else {
            return [.ok(git.headers.isEmpty ? "none is set" : "none for the Hub's hosts")]
        }
        let source = git.headers.last { $0.pattern.map { gitPattern($0, matches: origin) } ?? true }
        let place = source.map { " (\($0.key) \($0.place))" } ?? ""
        guard header == .authorization else {
            return [
                .warn(
                    "git sends \(origin) an extra header\(place)",
                    next: "if it is not meant for the Hub, \(removal(of: source))")
            ]
        }
        return [
            .fail(
                "git sends \(origin) an `Authorization` header\(place): no helper is asked, and the Hub gets the wrong one",
                next: removal(of: source))
        ]
    }

    private static func removal(of setting: GitFindings.Setting?) -> String {
        guard let setting else { return "find it: git config --show-origin --get-regexp extraheader" }
        guard let file = setting.file else {
            return "unset \(setting.key) where it is set: GIT_CONFIG_COUNT and its variables, or `git -c`"
        }
        return "remove it: git config --file \(shellQuoted(file)) --unset-all \(shellQuoted(setting.key))"
    }
}
