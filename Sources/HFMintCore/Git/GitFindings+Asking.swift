extension GitFindings {
    /// The keys to look at, each as a pattern for git.
    private static let keys = [
        "credential\\.(.*\\.)?(helper|usehttppath)", "http\\.(.*\\.)?extraheader",
        "remote\\..*\\.(url|pushurl|lfsurl|lfspushurl)",
        "url\\..*\\.(insteadof|pushinsteadof)", "lfs\\.(url|pushurl)", "branch\\..*\\.(remote|pushremote)",
        "remote\\.pushdefault", "submodule\\..*\\.url",
    ]

    /// The arguments that follow `git config` and the choice of its files.
    static let query = ["-z", "--show-origin", "--get-regexp", "^(\(keys.joined(separator: "|")))$"]
    static let scopedQuery = ["config", "--show-scope"] + query

    /// Asks git for its settings in this directory, or returns `nil` if there is no git.
    ///
    /// - Parameter variables: the variables of git's environment besides this process's own.
    package init?(asking hosts: GitHosts, with variables: [GitConfiguration.Entry] = [], in context: Context) {
        // A git that cannot read its configuration does not even tell its version.
        switch Git(in: context, with: Git.withoutConfiguration).ask(["--version"]) {
        case .printed(let version): self.init(version: version.secret.reveal { Self.firstLine($0) })
        case .failed: return nil
        case .notRun(_, let predicate):
            self.init()
            isReadable = false
            obstacle = GitObstacle(
                isFatal: true, message: "git cannot be asked: it \(predicate)",
                next: "see whether this works: git --version")
            return
        }
        obstacle = GitConfigurationFile.obstacle(in: context)
        guard obstacle?.isFatal != true else {
            isReadable = false
            return
        }
        let git = Git(in: context, with: variables)
        takeSettings(hosts, git)
        takeRepository(hosts, git, in: context)
        for setting in hosts.origins.flatMap({ helpers(for: $0) }) where setting.isHFMint {
            guard let value = setting.value, helperFailures[value] == nil else { continue }
            helperFailures[value] = GitHelper(value: value).failure(in: context.machine)
        }
    }

    private mutating func takeSettings(_ hosts: GitHosts, _ git: Git) {
        switch git.ask(Self.scopedQuery) {
        case .printed(let output): take(output.secret, hasScope: true, hosts)
        // Git before 2.26 knows no scopes.
        case .failed(129):
            let plain = git.ask(["config"] + Self.query).printed
            if let plain { take(plain.secret, hasScope: false, hosts) }
        // No such key is set.
        case .failed(1): break
        case .failed, .notRun: isReadable = false
        }
    }

    private static func firstLine(_ text: Span<UInt8>) -> String {
        String(decoding: text.bytes.prefix { $0 != ASCII.lineFeed }.prefix(80), as: UTF8.self)
    }
}

extension GitFindings {
    /// Takes the settings that `git config -z` printed: `scope NUL origin NUL key LF value NUL`.
    ///
    /// A key without a value has no LF behind it.
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
                origin: text.extracting(origin).text, scope: scope.map { text.extracting($0).text } ?? "",
                // A key may hold a URL with a password.
                key: String(decoding: key, as: UTF8.self).withoutTokens, value: value)
        }
        switch name {
        case "helper": helpers.append(setting(text.extracting(value).text))
        case "usehttppath": pathSettings.append(setting(text.extracting(value).text))
        case "extraheader": headers.append(HeaderSetting(setting: setting(nil), header: Self.header(text, value)))
        case "insteadof", "pushinsteadof":
            let base = key.drop { $0 != ASCII.dot }.dropFirst().dropLast(name.utf8.count + 1)
            if let hasPassword = Self.hasPassword(Array(base).span, hosts) {
                logins.append(Login(setting: setting(nil), hasPassword: hasPassword))
            }
        default:
            if name == "url", key.starts(with: "remote.".utf8) {
                remotes.append(Array(key.dropFirst("remote.".utf8.count).dropLast(".url".utf8.count)))
            }
            if let hasPassword = Self.hasPassword(text.extracting(value), hosts) {
                logins.append(Login(setting: setting(nil), hasPassword: hasPassword))
            }
        }
    }

    private static func header(_ text: Span<UInt8>, _ value: Range<Int>) -> Header {
        guard !value.isEmpty else { return .none }
        // A semicolon behind the name sends the header without a value:
        // <https://curl.se/libcurl/c/CURLOPT_HTTPHEADER.html>.
        let end = value.first { [ASCII.colon, UInt8(ascii: ";")].contains(text[$0]) } ?? value.upperBound
        let name = (value.lowerBound..<end).map { text[$0].asciiLowercased }.filter { $0 > ASCII.space }
        return name.equals("authorization") ? .authorization : .other
    }

    /// Whether a URL of one of the Hub's hosts logs in with a password, or, if false, with a token as the user name.
    ///
    /// It is `nil` for a URL that does neither, and for another host.
    ///
    /// `credential_from_url_gently` in <https://github.com/git/git/blob/v2.39.5/credential.c>
    static func hasPassword(_ url: Span<UInt8>, _ hosts: GitHosts) -> Bool? {
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
