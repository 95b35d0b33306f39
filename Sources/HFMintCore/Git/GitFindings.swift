/// The settings that decide who answers git for the Hub, from every level that git reads.
///
/// Git itself tells them, in this directory, so that includes and conditions count. No header and no password is kept.
package struct GitFindings: Equatable, Sendable {
    /// One setting, and the file that it comes from.
    package struct Setting: Equatable, Sendable {
        /// The origin as git prints it: `file:/home/ci/.gitconfig`, `command line:`.
        package let origin: String
        /// The level as git prints it: `system`, `global`, `local`, `worktree`, `command`; empty if git prints none.
        package var scope = ""
        package let key: String
        /// The value, or nil if it may be a secret.
        package var value: String?
        /// The line, if the setting stands in a file that `git config` cannot change.
        var line: Int?
    }

    /// The kind of an `http…extraHeader`; an empty one makes git forget those before it.
    package enum Header: Equatable, Sendable { case none, authorization, other }

    package struct HeaderSetting: Equatable, Sendable {
        package let setting: Setting
        package let header: Header
    }

    /// A URL of one of the Hub's hosts that holds a password, or a token as the user name.
    package struct Login: Equatable, Sendable {
        package let setting: Setting
        /// Whether the URL holds a password, perhaps an empty one; then git asks no helper.
        package let hasPassword: Bool
    }

    package var version: String?
    /// The first file of git's configuration that git waits for, or passes over.
    package var obstacle: GitObstacle?
    /// Whether git can read its own configuration.
    package var isReadable = true
    /// Every `credential…helper`, in the order in which git reads them.
    package var helpers: [Setting] = []
    /// Every `http…extraHeader`, in the order in which git reads them.
    package var headers: [HeaderSetting] = []
    package var logins: [Login] = []
    /// The names of the remotes that have a URL in the configuration.
    var remotes: [[UInt8]] = []
    /// Every `credential…useHttpPath`, in the order in which git reads them.
    package var pathSettings: [Setting] = []
    /// Why helpers of hfmint's cannot be run, by their values.
    package var helperFailures: [String: String] = [:]

    /// The findings of a git without settings.
    package static let empty = GitFindings()
}

extension GitFindings {
    /// Returns the helpers that git asks for some URL below `origin`, in its order.
    ///
    /// An empty helper makes git forget those before it.
    package func helpers(for origin: String) -> [Setting] {
        var helpers: [Setting] = []
        for setting in self.helpers {
            let pattern = GitPattern(ofKey: setting.key)
            guard pattern?.matches(origin, isPartial: true) ?? true else { continue }
            if !(setting.value?.isEmpty ?? true) {
                helpers.append(setting)
            } else if pattern?.isForWholeHost ?? true {
                helpers = []
            }
        }
        return helpers
    }

    /// Returns the extra header that git sends to some URL below `origin`, `Authorization` before any other, or `nil`.
    ///
    /// A setting for a whole host does not count after one that names the host more exactly:
    /// `urlmatch_config_entry` in <https://github.com/git/git/blob/v2.39.5/urlmatch.c>.
    ///
    /// - Parameter resource: the repository, if it is known: settings for others are left out.
    func sent(to origin: String, for resource: Resource? = nil) -> HeaderSetting? {
        var sent: [HeaderSetting] = []
        var exactness = 0
        for header in headers {
            let pattern = GitPattern(ofKey: header.setting.key)
            guard pattern?.matches(origin, isPartial: false) ?? true else { continue }
            if let pattern, let resource, !pattern.mayConcern(resource.canonical) { continue }
            let isWide = pattern?.isForWholeHost ?? true
            if isWide {
                guard (pattern?.exactness ?? 0) >= exactness else { continue }
                exactness = pattern?.exactness ?? 0
            }
            if header.header != .none {
                sent.append(header)
            } else {
                sent.removeAll { other in
                    isWide
                        ? GitPattern(ofKey: other.setting.key)?.isForWholeHost ?? true
                        : other.setting.key.utf8.elementsEqual(header.setting.key.utf8)
                }
            }
        }
        return sent.last { $0.header == .authorization } ?? sent.last
    }
}

extension GitFindings.Setting {
    package var isHFMint: Bool { value.map { GitHelper(value: $0).isHFMint } ?? false }

    /// Where the setting stands, for a message.
    package var location: String {
        file.map { file in (line.map { "in line \($0) of" } ?? "in") + " '\(file)'" }
            ?? "from GIT_CONFIG_COUNT, GIT_CONFIG_PARAMETERS or `git -c`"
    }

    /// The file that holds the setting, or `nil`.
    var file: String? {
        let prefix = "file:"
        guard origin.utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: origin.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    /// What to do so that git asks hfmint in spite of the setting.
    var fix: String {
        guard file != nil else { return removal }
        return "run `hfmint setup-git` here, after whatever set it: for the Hub's hosts, git then forgets other helpers"
    }

    /// What to do to remove the setting.
    var removal: String {
        guard let file else { return "unset \(key) where it is set: GIT_CONFIG_COUNT and its variables, or `git -c`" }
        // A token in a key's user is not printed, so the printed key would not match.
        guard GitPattern(ofKey: key)?.hasUser != true else {
            return "remove it: git config --file \(shellQuoted(file)) --edit"
        }
        return "remove it: git config --file \(shellQuoted(file)) --unset-all \(shellQuoted(key))"
    }
}
