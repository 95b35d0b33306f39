/// What git's configuration holds that decides who answers for the Hub, at every level that git reads.
///
/// Asked of git itself, in this directory, so that includes and conditions count. No header and no password is kept.
package struct GitFindings: Equatable, Sendable {
    /// One setting, and the file that it comes from.
    package struct Setting: Equatable, Sendable {
        /// As git prints it: `file:/home/ci/.gitconfig`, `command line:`.
        package let origin: String
        /// As git prints it: `system`, `global`, `local`, `worktree`, `command`; empty where this git says none.
        package let scope: String
        package let key: String
        /// Of a helper; of what may be a secret there is none.
        package let value: String?
        /// Where it stands in a file that `git config` cannot change.
        let line: Int?

        package init(origin: String, scope: String = "", key: String, value: String? = nil, line: Int? = nil) {
            self.origin = origin
            self.scope = scope
            self.key = key
            self.value = value
            self.line = line
        }
    }

    /// What an `http…extraHeader` sends; an empty one makes git forget those before it.
    package enum Header: Equatable, Sendable { case none, authorization, other }

    package struct HeaderSetting: Equatable, Sendable {
        package let setting: Setting
        package let header: Header

        package init(_ setting: Setting, _ header: Header) {
            self.setting = setting
            self.header = header
        }
    }

    /// A URL of one of the Hub's hosts that says who logs in.
    package struct Login: Equatable, Sendable {
        package let setting: Setting
        /// With a password, also an empty one, git asks no helper; with a token for a user name it does.
        package let hasPassword: Bool

        package init(_ setting: Setting, hasPassword: Bool) {
            self.setting = setting
            self.hasPassword = hasPassword
        }
    }

    package var version: String?
    /// A file of its configuration that git waits for, or passes over.
    package var obstacle: GitObstacle?
    /// Whether git can read its own configuration.
    package var isReadable = true
    /// Every `credential…helper`, in the order in which git asks them.
    package var helpers: [Setting]
    /// Every `http…extraHeader`, in the order in which git reads them.
    package var headers: [HeaderSetting]
    package var logins: [Login]
    /// The names of the remotes that have a URL in the configuration.
    var remotes: [[UInt8]] = []
    /// Every `credential…useHttpPath`, in the order in which git reads them.
    package var paths: [Setting] = []
    /// Why a helper of hfmint's cannot be run, by its value.
    package var troubles: [String: String]

    package init(
        version: String? = nil, helpers: [Setting] = [], headers: [HeaderSetting] = [],
        logins: [Login] = [], troubles: [String: String] = [:]
    ) {
        self.version = version
        self.helpers = helpers
        self.headers = headers
        self.logins = logins
        self.troubles = troubles
    }
}

extension GitFindings {
    /// Those that git asks for some URL below `origin`, in this order; an empty one makes git forget those before it.
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

    /// What git sends to some URL below `origin` beside a credential, and the setting that says so.
    ///
    /// Of the settings for whole hosts, one that names the host less exactly than one before it does not count:
    /// `urlmatch_config_entry` in <https://github.com/git/git/blob/v2.39.5/urlmatch.c>.
    ///
    /// - Parameter resource: where it is known, settings for other repositories are left out.
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

    /// The file that it stands in, for a message.
    package var place: String {
        file.map { file in (line.map { "in line \($0) of" } ?? "in") + " '\(file)'" }
            ?? "from GIT_CONFIG_COUNT, GIT_CONFIG_PARAMETERS or `git -c`"
    }

    /// `nil` for what no file holds.
    var file: String? {
        let prefix = "file:"
        guard origin.utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: origin.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    /// What has git ask hfmint in spite of it.
    var mending: String {
        guard file != nil else { return removal }
        return "run `hfmint setup-git` here, after whatever set it: for the Hub's hosts, git then forgets other helpers"
    }

    /// What takes it away.
    var removal: String {
        guard let file else {
            return "unset \(key) where it is set: GIT_CONFIG_COUNT and its variables, or `git -c`"
        }
        // What a key says of a user is not shown, so it cannot be typed either.
        guard GitPattern(ofKey: key)?.hasUser != true else {
            return "remove it: git config --file \(shellQuoted(file)) --edit"
        }
        return "remove it: git config --file \(shellQuoted(file)) --unset-all \(shellQuoted(key))"
    }
}
