internal import HFMintCore

/// What git says is read as git means it, by a second reader; only our hosts are answered, and an answer is lines
/// that git reads as what was meant.
package func fuzzGitCredential(_ input: [UInt8]) {
    let lines = lines(input)
    do throws(Malformed) {
        let description = try CredentialDescription(input.span)
        guard let lines else { fatalError("broken property: only key=value lines are taken") }
        check(description, lines)
        for name in ["password", "credential"] {
            let secret = CredentialDescription.secret(named: name, in: input.span)
            let bytes = secret?.reveal { $0.bytes }
            hold(bytes == lines.last { $0.key.elementsEqual(name.utf8) }?.value, "a secret is the last of its name")
        }
        checkJudgement(description)
        checkAnswer(description)
    } catch {
        hold(lines == nil, "refused (\(error.reason)) what the other reader takes")
    }
}

private typealias Line = (key: [UInt8], value: [UInt8])

/// `nil` where a line is malformed.
private func lines(_ input: [UInt8]) -> [Line]? {
    let all = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var lines: [Line] = []
    for line in all.prefix(while: { !$0.isEmpty }) {
        let key = Array(line.prefix { $0 != UInt8(ascii: "=") })
        let value = Array(line.dropFirst(key.count + 1))
        guard !key.isEmpty, key.count < line.count, !line.contains(0), !line.contains(UInt8(ascii: "\r")) else {
            return nil
        }
        guard key.elementsEqual("url".utf8) else {
            lines.append((key, value))
            continue
        }
        // The parts of a URL stand for lines of their own.
        let parts = text(value.map { $0 < 0x80 ? $0 : UInt8(ascii: "?") }).split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.starts(with: "//".utf8) else { return nil }
        let rest = value.dropFirst(parts[0].utf8.count + 3)
        let authority = Array(rest.prefix { !"/?#".utf8.contains($0) })
        let halves = authority.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false).map { Array($0) }
        guard halves.count <= 2 else { return nil }
        if halves.count == 2 {
            let user = halves[0].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)[0]
            lines.append((Array("username".utf8), Array(user)))
        }
        lines.append((Array("protocol".utf8), Array(value.prefix(parts[0].utf8.count))))
        lines.append((Array("host".utf8), halves[halves.count - 1]))
        let path = Array(rest.dropFirst(authority.count).drop { $0 == UInt8(ascii: "/") })
        if !path.isEmpty { lines.append((Array("path".utf8), path)) }
    }
    let once = ["protocol", "host", "path", "username"]
    let isTold = once.allSatisfy { key in lines.count { $0.key.elementsEqual(key.utf8) } < 2 }
    return isTold ? lines : nil
}

private func check(_ description: CredentialDescription, _ lines: [Line]) {
    func last(_ key: String) -> Line? { lines.last { $0.key.elementsEqual(key.utf8) } }
    hold(description.transport == last("protocol")?.value, "the last protocol counts")
    hold(description.host == last("host")?.value, "the last host counts")
    hold(description.username == last("username")?.value, "the last user name counts")
    hold(description.path == last("path")?.value, "the path counts")
    for (key, list) in [("capability[]", description.capabilities), ("wwwauth[]", description.challenges)] {
        let values = lines.filter { $0.key.elementsEqual(key.utf8) }.map(\.value)
        let kept = values.lastIndex(of: []).map { Array(values[($0 + 1)...]) } ?? values
        hold(list == kept, "a list holds what was said since it was emptied")
    }
}

/// The Hub, and a Hub of one's own on this machine.
private let authorities = [nil, "http://127.0.0.1:8080", "https://hub.example"].compactMap { endpoint in
    try? Authority(endpointOption: endpoint, audienceOption: nil, environment: [:])
}

private func checkJudgement(_ description: CredentialDescription) {
    let transport = text((description.transport ?? []).map(\.asciiLowercased))
    let host = text((description.host ?? []).map(\.asciiLowercased))
    // The name without its port, however that is spelled, and the port as a number.
    let name = String(host.prefix { $0 != ":" })
    let port = host.utf8.count > name.utf8.count ? Int(host.dropFirst(name.count + 1)) : nil
    for authority in authorities {
        let names = ["huggingface.co", "hf.co", authority.endpoint.host]
        let isNamed = names.contains { same($0, name) || same("\($0).", name) }
        switch GitHosts(authority).match(description) {
        case .notOurs:
            let plain = ["huggingface.co", "hf.co", authority.endpoint.authority]
            hold(!plain.contains { same($0, host) }, "our hosts are answered")
        case .insecure: hold(isNamed, "only our hosts are refused")
        case .dotted(let plain): hold(isNamed && same(String(plain.prefix { $0 != ":" }) + ".", name), "for their dot")
        case .ours(let meant):
            hold(isNamed && name.utf8.last != UInt8(ascii: "."), "only our hosts are answered")
            hold(meant.endpoint.scheme == .https || meant.endpoint.isLoopback, "no token travels in the clear")
            hold(same(transport, meant.endpoint.scheme.rawValue), "over the protocol that git uses")
            let isTheHub = meant.endpoint == .huggingFace && ["huggingface.co", "hf.co"].contains(name)
            hold(isTheHub || same(meant.endpoint.host, name), "a token of the host that git talks to")
            hold(port ?? (transport == "https" ? 443 : 80) == meant.endpoint.port, "at the port that git talks to")
        }
    }
}

private func checkAnswer(_ description: CredentialDescription) {
    let secret = "hf_jwt_0123456789"
    let token = HubToken(secret: Secret(copying: secret.utf8), expiresAt: now, sha256: "")
    let bytes = Secret(joining: CredentialAnswer(token, for: description).pieces).reveal { $0.bytes }
    guard bytes.last == UInt8(ascii: "\n"), let answer = lines(Array(bytes.dropLast())) else {
        fatalError("broken property: an answer is key=value lines")
    }
    let keys = answer.map { text($0.key) }
    let bearer = ["capability[]", "authtype", "ephemeral", "credential", "password_expiry_utc"]
    let isNamed = description.username.map { !$0.isEmpty } ?? false
    let basic = (isNamed ? [] : ["username"]) + ["password", "password_expiry_utc"]
    hold(keys == bearer || keys == basic, "an answer is one of two")
    let field = answer.first { ["credential", "password"].contains(text($0.key)) }
    hold(field?.value.elementsEqual(secret.utf8) == true, "an answer holds the token")
    hold(keys == bearer || isNamed || same(text(answer[0].value), "hf_user"), "an answer names a user")
}

/// A path names a repository only where nothing but a known ending follows the canonical name.
///
/// The input is a path, and the URL of a remote.
package func fuzzGitPath(_ input: [UInt8]) {
    if let resource = Resource(gitPath: input) { check(resource, path: input) }
    if let resource = Resource(remoteURL: input, hosts: GitHosts(.huggingFace)) {
        let lower = input.map(\.asciiLowercased)
        hold(lower.contains(text: "huggingface.co") || lower.contains(text: "hf.co"), "the remote is the Hub's")
        hold(input.contains(text: resource.canonical), "the remote holds the name")
    }
    // Whatever is a repository is one for git too.
    guard let resource = try? Resource(parsing: text(input), endpoint: .huggingFace),
        resource.kind != .user, resource.kind != .bucket, !resource.name.hasSuffix(".git")
    else { return }
    for ending in ["", "/", "//", ".git", ".git/", ".git/info/lfs", "/info/lfs"] {
        hold(Resource(gitPath: Array((resource.canonical + ending).utf8)) == resource, "'\(ending)' may follow a name")
    }
    for start in ["https://huggingface.co/", "https://user@HF.co:443//", "git@hf.co:"] {
        let url = Array("\(start)\(resource.canonical)".utf8)
        hold(Resource(remoteURL: url, hosts: GitHosts(.huggingFace)) == resource, "'\(start)' may precede it")
    }
}

private func check(_ resource: Resource, path: [UInt8]) {
    let slash = UInt8(ascii: "/")
    let path = path.drop { $0 == slash }.reversed().drop { $0 == slash }.reversed()
    hold(resource.kind != .user && resource.kind != .bucket, "git knows repositories alone")
    hold(path.starts(with: resource.canonical.utf8), "a path begins with the canonical name")
    let rest = text(path.dropFirst(resource.canonical.utf8.count))
    let isEnding = ["", ".git"].contains(rest)
    let isLFS = ["/info/lfs", ".git/info/lfs"].contains { ending in
        rest.utf8.starts(with: ending.utf8)
            && (rest.utf8.count == ending.utf8.count || rest.utf8.starts(with: "\(ending)/".utf8))
    }
    hold(isEnding || isLFS, "nothing else follows it")
}

/// The variables that configure git follow those that are there, and none is set twice.
///
/// The input is where the program lies, and what `GIT_CONFIG_COUNT` is.
package func fuzzGitConfiguration(_ input: [UInt8]) {
    let parts = fields(input)
    let environment = Environment(entries: [Array("GIT_CONFIG_COUNT=".utf8) + (parts.dropFirst().first ?? [])])
    let program = "/" + text(parts[0])
    for authority in authorities {
        let configuration = GitConfiguration(authority, programPath: program)
        let variables = configuration.variables(after: environment)
        let names = variables.map(\.key)
        hold(Set(names).count == names.count, "no variable is set twice")
        hold(names.allSatisfy { isVariableName($0.utf8) }, "each name is a variable's")
        let count = Int(variables.first?.value ?? "") ?? 0
        hold(names.first == "GIT_CONFIG_COUNT" && count >= configuration.entries.count, "git reads them all")
        for helper in configuration.entries.map(\.value) where helper.hasSuffix(" git-credential") {
            let isCommand = helper.hasPrefix("!")
            let words = LittleShell.commands(Array(helper.utf8.dropFirst(isCommand ? 1 : 0)))
            hold(words == [[Array(program.utf8), Array("git-credential".utf8)]], "git runs the program that is meant")
        }
    }
}

/// Every setting is the output's own; a value that is a secret is not kept; what is cut off is left out.
package func fuzzGitFindings(_ input: [UInt8]) {
    let hosts = GitHosts(authorities[0])
    for hasScope in [true, false] {
        func findings(_ bytes: [UInt8]) -> GitFindings {
            var findings = GitFindings.empty
            findings.take(Secret(copying: bytes), hasScope: hasScope, hosts)
            return findings
        }
        let found = findings(input)
        hold(found == findings(input), "the same output gives the same settings")
        let entries = input.count { $0 == 0 } / (hasScope ? 3 : 2)
        let kept = found.helpers.count + found.headers.count + found.logins.count
        hold(kept <= entries, "each setting ends by a NUL of its own")
        hold((found.headers.map(\.setting) + found.logins.map(\.setting)).allSatisfy { $0.value == nil }, "no secret")
        let whole = Array(input.prefix((input.lastIndex(of: 0) ?? -1) + 1))
        hold(findings(whole) == found, "what has no end counts for nothing")
        for origin in hosts.origins { _ = found.helpers(for: origin) }
    }
}

/// A password is never longer than its line, ends at the first `@`, and what git writes comes back.
package func fuzzStoredPassword(_ input: [UInt8]) {
    func password(_ line: [UInt8]) -> [UInt8]? {
        switch storedPassword(in: line.span) {
        case .none: nil
        case .some(let secret): secret.reveal { $0.bytes }
        }
    }
    if let found = password(input) {
        hold(found.count <= input.count, "a password is no longer than its line")
        hold(password(input + Array("/more@x".utf8)) == found, "what stands behind the host changes nothing")
    }
    let digits = Array("0123456789abcdef".utf8)
    let encoded = input.flatMap { [UInt8(ascii: "%"), digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    let line = Array("https://me:".utf8) + encoded + Array("@huggingface.co".utf8)
    hold(password(line) == input, "what was percent-encoded comes back")
}

/// Each host is a word behind `machine`, so nothing else of the file gets out; and what is read twice is the same.
package func fuzzNetrc(_ input: [UInt8]) {
    let text = Secret(copying: input)
    let found = text.reveal { NetrcLogins($0) }
    hold(found == text.reveal { NetrcLogins($0) }, "the same file gives the same entries")
    let words = "default".utf8.count
    hold(found.entries.count * words <= input.count, "each entry stands behind a word of its own")
    let lines = 1 + input.count { $0 == ASCII.lineFeed }
    hold(found.entries.allSatisfy { (1...lines).contains($0.line) }, "each stands in a line of the file")
    let spaced = Secret(copying: input + Array("\n\nmachine last.example".utf8))
    let more = spaced.reveal { NetrcLogins($0) }
    hold(more.entries.starts(with: found.entries.dropLast()), "what comes later changes nothing before it")
}
