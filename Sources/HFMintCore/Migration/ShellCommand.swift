/// A line of shell, with what it does with a token of the Hub.
struct ShellCommand: Sendable {
    /// What becomes of a line that names a token.
    enum Role: Equatable, Sendable {
        /// Has nothing to do with the token.
        case other
        /// Logs in with the token, or exports it, and does nothing else.
        case login(addsToGit: Bool)
        /// Is git with a token in a URL of the Hub.
        case git
        /// Reads the variable, which is there after an exchange with `--export`.
        case reader(name: String)
        case unknown(reason: String)
    }

    let text: String
    private(set) var role = Role.other
    /// The repositories that it writes; nil for one whose name is not in the line.
    private(set) var resources: [Resource?] = []
    /// Whether it calls hfmint.
    let callsHFMint: Bool
    private let words: [String]

    /// The number of words of an upload that are read, so that a line of many uploads takes no longer than others.
    private static let mostArguments = 64

    /// - Parameter secrets: names of secrets that hold a token, whatever they are called.
    init(_ text: String, secrets: Set<String>) {
        self.text = text
        words = Self.words(text)
        callsHFMint = text.hasPart("hfmint exchange") || text.hasPart("hfmint setup-git") || text.hasPart("hfmint run")
        guard words.first?.utf8.first != UInt8(ascii: "#") else { return }
        resources = uploads
        let mentions = TokenMention.all(in: Array(text.utf8)[...], secrets: secrets)
        guard !mentions.isEmpty else { return }
        if let addsToGit = login(secrets) {
            role = .login(addsToGit: addsToGit)
        } else if words.first == "git", let (plain, found) = Self.withoutTokens(text, secrets) {
            let rest = TokenMention.all(in: Array(plain.utf8)[...], secrets: secrets)
            resources += found
            role =
                rest.isEmpty ? .git : .unknown(reason: "it hands the token to git in a way that hfmint does not know")
        } else {
            role = reader(of: mentions)
        }
    }

    /// Returns the words, without quotes around them; an expression `${{ … }}` is a part of one word.
    private static func words(_ text: String) -> [String] {
        var words: [[UInt8]] = [[]]
        var depth = 0
        var last: UInt8 = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "{") { depth += last == byte ? 1 : 0 }
            if byte == UInt8(ascii: "}"), last == byte, depth > 0 { depth -= 1 }
            last = byte
            if byte.isBlank {
                if depth == 0, words[words.count - 1].isEmpty == false { words.append([]) }
            } else if byte != ASCII.quote && byte != ASCII.apostrophe {
                words[words.count - 1].append(byte)
            }
        }
        return words.filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Returns whether git is told too if the line is a log-in and nothing else, or nil.
    private func login(_ secrets: Set<String>) -> Bool? {
        if words.count == 2, words[0] == "export" {
            let parts = words[1].utf8.split(separator: ASCII.equals, maxSplits: 1)
            let isIt = parts.count == 2 && TokenName.matches(parts[0]) && Self.isReference(parts[1], secrets)
            return isIt ? false : nil
        }
        let starts = [["hf", "auth", "login"], ["huggingface-cli", "login"]]
        guard let start = starts.first(where: { words.starts(with: $0) }) else { return nil }
        var rest = words.dropFirst(start.count)
        var (hasToken, addsToGit) = (false, false)
        while let word = rest.popFirst() {
            if word == "--add-to-git-credential" {
                addsToGit = true
            } else if let value = word == "--token" ? rest.popFirst() : word.after("--token=") {
                guard !hasToken, Self.isReference(Array(value.utf8), secrets) else { return nil }
                hasToken = true
            } else {
                return nil
            }
        }
        return hasToken ? addsToGit : nil
    }

    /// Returns whether a word is `$NAME`, `${NAME}`, `$$NAME` or `${{ secrets.NAME }}` of a token, and nothing else.
    private static func isReference(_ word: some Collection<UInt8>, _ secrets: Set<String>) -> Bool {
        var rest = Array(word)
        let mentions = TokenMention.all(in: rest[...], secrets: secrets)
        guard mentions.count == 1, rest.first == UInt8(ascii: "$") else { return false }
        rest.removeSubrange(mentions[0].range)
        return ["$", "$$", "${}", "$${}", "${{secrets.}}", "${{env.}}"].contains { rest.equals($0) }
    }

    /// Returns what a line is that names the token elsewhere than in a log-in.
    private func reader(of mentions: [TokenMention]) -> Role {
        let bytes = Array(text.utf8)
        let isContainer = words.contains { ["docker", "podman", "buildah", "kaniko"].contains($0) }
        if isContainer, words.contains("build") || words.contains("buildx") {
            return .unknown(
                reason: "it hands the token to the build of an image: an argument stays in the image's history; hand"
                    + " over the file that HF_TOKEN_PATH names, with `--secret id=hf,src=…`")
        }
        if isContainer {
            return .unknown(
                reason: "it hands the token to a container: write"
                    + " `--env-file \"$(hfmint exchange RESOURCE --deliver env-file)\"` in its place")
        }
        for mention in mentions {
            let before = mention.range.lowerBound > 0 ? bytes[mention.range.lowerBound - 1] : ASCII.space
            let after = mention.range.upperBound < bytes.count ? bytes[mention.range.upperBound] : ASCII.space
            if mention.isSecret || before == ASCII.dot {
                return .unknown(reason: "the secret stands in the script itself: put it into `env:` first")
            }
            guard "$\"'{".utf8.contains(before), after != ASCII.equals else {
                return .unknown(reason: "it uses \(mention.name) in a way that hfmint does not know")
            }
        }
        let names = Set(mentions.map(\.name))
        guard names.count == 1, let name = names.first else {
            return .unknown(reason: "it uses the token under several names")
        }
        return .reader(name: name)
    }
}

extension ShellCommand {
    /// The repositories that the line uploads to.
    private var uploads: [Resource?] {
        var found: [Resource?] = []
        for (index, word) in words.enumerated() {
            let isProgram = word == "hf" || word == "huggingface-cli"
            if isProgram, index + 1 < words.count, ["upload", "upload-large-folder"].contains(words[index + 1]) {
                let rest = words[(index + 2)...].prefix(Self.mostArguments)
                found.append(uploaded(Array(rest.prefix { !["&&", "||", ";", "|"].contains($0) })))
            }
            let options = [
                "--hub_model_id", "--hub-model-id", "--hub_repo_id", "--hub-repo-id", "--repo_id", "--repo-id",
            ]
            for option in options {
                if word == option, index + 1 < words.count { found.append(Self.resource(words[index + 1], "model")) }
                if let value = word.after(option + "=") { found.append(Self.resource(value, "model")) }
            }
        }
        return found
    }

    /// Reads `hf upload [OPTION…] REPOSITORY …`.
    private func uploaded(_ words: [String]) -> Resource? {
        let switches = ["--private", "--quiet", "--create-pr", "--no-bars", "--no-report"]
        var (name, type, isValue): (String?, String, Bool) = (nil, "model", false)
        for (index, word) in words.enumerated() {
            if let value = word.after("--repo-type=") { type = value }
            if word == "--repo-type", index + 1 < words.count { type = words[index + 1] }
            defer { isValue = word.hasStart("--") && !word.hasPart("=") && !switches.contains(word) }
            if !isValue, !word.hasStart("-"), name == nil { name = word }
        }
        return name.flatMap { Self.resource($0, type) }
    }

    /// Returns the resource of a repository's name, or nil if the shell or the CI system fills in a part of it.
    private static func resource(_ name: String, _ type: String) -> Resource? {
        let kind = Resource.Kind.allCases.first { $0.rawValue == type }
        guard let kind, kind != .user, name.utf8.contains(ASCII.slash) else { return nil }
        let text = [kind.prefix, name].compactMap(\.self).joined(separator: "/")
        let parsed = try? Resource(parsing: text, endpoint: .huggingFace)
        return parsed?.kind == kind ? parsed : nil
    }

    /// Returns the line without the log-ins in its URLs of the Hub, and the repositories of these; nil if there are
    /// none.
    static func withoutTokens(_ text: String, _ secrets: Set<String>) -> (text: String, resources: [Resource?])? {
        let bytes = Array(text.utf8)
        let scheme = Array("https://".utf8)
        var (kept, resources): ([UInt8], [Resource?]) = ([], [])
        var index = 0
        while index < bytes.count {
            kept.append(bytes[index])
            index += 1
            guard kept.suffix(scheme.count).elementsEqual(scheme), let at = endOfLogin(bytes[index...]) else {
                continue
            }
            guard !TokenMention.all(in: bytes[index..<at], secrets: secrets).isEmpty else { continue }
            index = at + 1
            let url = bytes[index...].prefix { !$0.isBlank && $0 != ASCII.quote && $0 != ASCII.apostrophe }
            let parsed = try? Resource(
                parsing: "https://" + String(decoding: url, as: UTF8.self), endpoint: .huggingFace)
            resources.append(parsed.flatMap { $0.kind == .user ? nil : $0 })
        }
        return resources.isEmpty ? nil : (String(decoding: kept, as: UTF8.self), resources)
    }

    /// Returns the position of the `@` in `user:$HF_TOKEN@huggingface.co/…`, or nil.
    private static func endOfLogin(_ text: ArraySlice<UInt8>) -> Int? {
        var depth = 0
        for index in text.indices {
            let byte = text[index]
            if byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "}") { depth -= 1 }
            if byte == UInt8(ascii: "@") {
                let host = text[(index + 1)...].prefix { $0.isASCIILetterOrDigit || $0 == ASCII.dot }
                return ["huggingface.co", "hf.co"].contains { host.elementsEqual($0.utf8) } ? index : nil
            }
            if byte == ASCII.slash || byte == ASCII.quote || byte == ASCII.apostrophe || byte.isBlank && depth <= 0 {
                return nil
            }
        }
        return nil
    }
}
