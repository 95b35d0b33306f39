extension GitFindings {
    /// The keys that are looked at, as one pattern for git.
    private static let keys = [
        "credential\\.(.*\\.)?(helper|usehttppath)", "http\\.(.*\\.)?extraheader",
        "remote\\..*\\.(url|pushurl|lfsurl|lfspushurl)",
        "url\\..*\\.(insteadof|pushinsteadof)", "lfs\\.(url|pushurl)", "branch\\..*\\.(remote|pushremote)",
        "remote\\.pushdefault", "submodule\\..*\\.url",
    ]

    /// `nil` where there is no git.
    ///
    /// - Parameter variables: what git's environment has besides this process's own.
    package init?(asking hosts: GitHosts, with variables: [GitConfiguration.Entry] = [], in context: Context) {
        // Not even its version does git say where it cannot read its configuration.
        let without = ["HOME", "XDG_CONFIG_HOME"].map { GitConfiguration.Entry(key: $0, value: "/dev/null") }
        let nothing = [
            GitConfiguration.Entry(key: "GIT_CONFIG_GLOBAL", value: "/dev/null"),
            GitConfiguration.Entry(key: "GIT_CONFIG_NOSYSTEM", value: "1"),
            GitConfiguration.Entry(key: "GIT_CONFIG_COUNT", value: "0"),
        ]
        guard case .printed(let version) = Self.git(["--version"], with: without + nothing, in: context) else {
            return nil
        }
        self.init(version: version.secret.reveal { Self.firstLine($0) })
        obstacle = GitConfigurationFile.obstacle(in: context)
        guard obstacle?.isFatal != true else {
            isReadable = false
            return
        }
        let query = ["--get-regexp", "^(\(Self.keys.joined(separator: "|")))$"]
        let scoped = Self.git(["config", "-z", "--show-scope", "--show-origin"] + query, with: variables, in: context)
        switch scoped {
        case .printed(let output): take(output.secret, hasScope: true, hosts)
        // Gits before 2.26 know no scopes.
        case .failed(129):
            let plain = Self.git(["config", "-z", "--show-origin"] + query, with: variables, in: context)
            if case .printed(let output) = plain { take(output.secret, hasScope: false, hosts) }
        // Nothing of the kind is set.
        case .failed(1): break
        case .failed: isReadable = false
        }
        takeBroughtAlong(hosts, in: context)
        for setting in hosts.origins.flatMap({ helpers(for: $0) }) where setting.isHFMint {
            guard let value = setting.value, troubles[value] == nil else { continue }
            troubles[value] = GitHelper(value: value).trouble(in: context)
        }
    }

    /// What a repository brings along for git-lfs and for `git submodule`, and git itself does not read.
    ///
    /// <https://github.com/git-lfs/git-lfs/blob/main/docs/man/git-lfs-config.adoc#lfsconfig>,
    /// <https://git-scm.com/docs/gitmodules>
    private mutating func takeBroughtAlong(_ hosts: GitHosts, in context: Context) {
        guard case .printed(let top) = Self.git(["rev-parse", "--show-toplevel"], in: context) else { return }
        let folder = top.secret.duplicate().withoutTrailingLineBreak().reveal {
            String(decoding: $0.bytes, as: UTF8.self)
        }
        for name in [".lfsconfig", ".gitmodules"] where context.files.kind(of: "\(folder)/\(name)") == .regular {
            let words = ["--file", "\(folder)/\(name)", "--get-regexp", "^(lfs|remote|submodule)\\..*url$"]
            let found = Self.git(["config", "-z", "--show-origin"] + words, in: context)
            if case .printed(let output) = found { take(output.secret, hasScope: false, hosts) }
        }
    }

    private enum Answer {
        case printed(SharedSecret)
        /// 128 also where it could not be run at all.
        case failed(Int)
    }

    private static func git(
        _ arguments: [String], with variables: [GitConfiguration.Entry] = [], in context: Context
    ) -> Answer {
        let command = ChildCommand.git(arguments, with: variables, milliseconds: 5_000, byteLimit: 1 << 20)
        guard let result = try? context.processes.run(command) else { return .failed(128) }
        guard result.status == 0 else { return .failed(result.status) }
        return .printed(SharedSecret(result.output.duplicate()))
    }

    private static func firstLine(_ text: Span<UInt8>) -> String {
        String(decoding: text.bytes.prefix { $0 != ASCII.lineFeed }.prefix(80), as: UTF8.self)
    }
}

extension GitFindings {
    /// `scope NUL origin NUL key LF value NUL`; without a value, no LF.
    package mutating func take(_ output: borrowing Secret, hasScope: Bool, _ hosts: GitHosts) {
        output.reveal { text in
            var parts: [Range<Int>] = []
            var start = 0
            for index in text.indices where text[index] == 0 {
                parts.append(start..<index)
                start = index + 1
                guard parts.count == (hasScope ? 3 : 2) else { continue }
                take(text, entry: parts.removeLast(), origin: parts.removeLast(), scope: parts.popLast(), hosts)
            }
        }
    }

    private mutating func take(
        _ text: Span<UInt8>, entry: Range<Int>, origin: Range<Int>, scope: Range<Int>?, _ hosts: GitHosts
    ) {
        let keyEnd = entry.first { text[$0] == ASCII.lineFeed } ?? entry.upperBound
        let value = min(keyEnd + 1, entry.upperBound)..<entry.upperBound
        let key = text.bytes(in: entry.lowerBound..<keyEnd)
        let name = String(decoding: key[(key.lastIndex(of: ASCII.dot).map { $0 + 1 } ?? 0)...], as: UTF8.self)
        func setting(_ value: String?) -> Setting {
            Setting(
                origin: String(decoding: text.bytes(in: origin), as: UTF8.self),
                scope: scope.map { String(decoding: text.bytes(in: $0), as: UTF8.self) } ?? "",
                // A key may hold a URL with a password.
                key: String(decoding: key, as: UTF8.self).withoutTokens, value: value)
        }
        switch name {
        case "helper": helpers.append(setting(String(decoding: text.bytes(in: value), as: UTF8.self)))
        case "usehttppath": paths.append(setting(String(decoding: text.bytes(in: value), as: UTF8.self)))
        case "extraheader": headers.append(HeaderSetting(setting(nil), Self.header(text, value)))
        case "insteadof", "pushinsteadof":
            let base = key.drop { $0 != ASCII.dot }.dropFirst().dropLast(name.utf8.count + 1)
            if let hasPassword = Self.hasPassword(Array(base).span, hosts) {
                logins.append(Login(setting(nil), hasPassword: hasPassword))
            }
        default:
            if let hasPassword = Self.hasPassword(text.extracting(value), hosts) {
                logins.append(Login(setting(nil), hasPassword: hasPassword))
            }
        }
    }

    private static func header(_ text: Span<UInt8>, _ value: Range<Int>) -> Header {
        guard !value.isEmpty else { return .none }
        // With a semicolon, curl sends it without a value: <https://curl.se/libcurl/c/CURLOPT_HTTPHEADER.html>.
        let end = value.first { [ASCII.colon, UInt8(ascii: ";")].contains(text[$0]) } ?? value.upperBound
        let name = (value.lowerBound..<end).map { text[$0].asciiLowercased }.filter { $0 > ASCII.space }
        return name.equals("authorization") ? .authorization : .other
    }

    /// Whether a URL of one of the Hub's hosts logs somebody in with a password, or with a token for a user name;
    /// `nil` where it does neither, and for another host.
    ///
    /// `credential_from_url_gently` in <https://github.com/git/git/blob/v2.39.5/credential.c>
    private static func hasPassword(_ url: Span<UInt8>, _ hosts: GitHosts) -> Bool? {
        guard let colon = url.indices.first(where: { url[$0] == ASCII.colon }) else { return nil }
        let transport = url.bytes(in: 0..<colon).map(\.asciiLowercased)
        let start = colon + 3
        guard transport.equals("https") || transport.equals("http"), start <= url.count,
            url.equals("://", in: colon..<start)
        else { return nil }
        let end = (start..<url.count).first { "/?#".utf8.contains(url[$0]) } ?? url.count
        guard let at = (start..<end).last(where: { url[$0] == UInt8(ascii: "@") }),
            hosts.isNamed(url.bytes(in: at + 1..<end), over: transport)
        else { return nil }
        if (start..<at).contains(where: { url[$0] == ASCII.colon }) { return true }
        return at - start > 3 && url.equals("hf_", in: start..<start + 3) ? false : nil
    }
}
