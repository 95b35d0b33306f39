/// The hosts for which hfmint answers git, and no others: the Hub, its short name, and the endpoint that was named.
///
/// Git hands a helper the host as it stands in the URL, and compares hosts itself before: capitals are small letters,
/// and the scheme's own port is no port. So it is here. A dot at the end makes another host to git, to a server and to
/// cookies, whatever a resolver says: that one is refused by name.
///
/// <https://git-scm.com/docs/gitcredentials#_configuration_options>, `url_normalize` in git's `urlmatch.c`
package struct GitHosts: Sendable {
    private let authority: Authority
    private let all: [Origin]

    private static let hub = [Origin.huggingFace, Origin("https://hf.co".utf8)].compactMap(\.self)

    package init(_ authority: Authority) {
        self.authority = authority
        all = Self.hub + (authority.endpoint == .huggingFace ? [] : [authority.endpoint])
    }

    /// As origins in URLs: `https://huggingface.co`.
    package var origins: [String] { all.map(\.description) }

    package enum Answer: Equatable, Sendable {
        /// Ours, and the Hub that gives tokens for it.
        case ours(Authority)
        /// Ours by name, but reached in a way over which no token is sent.
        case insecure
        /// Ours, but for the dot at its end: as it should be written.
        case dotted(String)
        case notOurs
    }

    /// Compared as bytes: what looks like our host and is not is not ours.
    ///
    /// A token is served only at the Hub that issued it, so each host has its own authority.
    package func judge(_ description: CredentialDescription) -> Answer {
        guard let host = description.host else { return .notOurs }
        let transport = description.transport ?? []
        let answer = judge(host, over: transport)
        guard answer == .notOurs, let plain = Self.withoutDot(host) else { return answer }
        return judge(plain, over: transport) == .notOurs
            ? .notOurs : .dotted(String(decoding: plain.map(\.asciiLowercased), as: UTF8.self))
    }

    private func judge(_ host: [UInt8], over transport: [UInt8]) -> Answer {
        let host = Self.withPlainPort(host)
        if let origin = Origin(transport + Array("://".utf8) + host), all.contains(origin) {
            return .ours(origin == authority.endpoint || authority.endpoint == .huggingFace ? authority : .huggingFace)
        }
        return isNamed(host, over: transport) ? .insecure : .notOurs
    }

    /// Whether a remote's `host[:port]` is one of ours, in whatever way it is reached.
    package func isNamed(_ host: [UInt8], over transport: [UInt8]) -> Bool {
        let host = Self.withPlainPort(host)
        let spoken = Origin(transport + Array("://".utf8) + host)
        return all.contains { ours in
            Origin(Array("\(ours.scheme.rawValue)://".utf8) + host) == ours
                || spoken?.authority.utf8.elementsEqual(ours.authority.utf8) == true
        }
    }

    /// A port without what git throws away: zeros in front, and a colon that no port follows.
    private static func withPlainPort(_ host: [UInt8]) -> [UInt8] {
        let digits = host.reversed().prefix(while: \.isASCIIDigit).reversed()
        let name = host.dropLast(digits.count)
        guard name.last == ASCII.colon, name.count > 1 else { return host }
        let port = digits.drop { $0 == UInt8(ascii: "0") }
        return digits.isEmpty ? Array(name.dropLast()) : Array(name) + port
    }

    /// `huggingface.co.`, `localhost.:8080`: the same without the dot, and `nil` where there is none.
    private static func withoutDot(_ host: [UInt8]) -> [UInt8]? {
        let name = host.prefix { $0 != ASCII.colon }
        guard name.last == ASCII.dot, name.count > 1 else { return nil }
        return Array(name.dropLast()) + host[name.count...]
    }
}
