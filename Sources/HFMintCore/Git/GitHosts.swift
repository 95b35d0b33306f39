/// The hosts for which hfmint answers git: the Hub, its short name, and the endpoint that the user named.
///
/// Git hands a helper the host as the URL spells it. Hosts are compared as git compares them: without regard to case,
/// and without the scheme's own port. A host with a dot at its end is another host to git, to servers and to cookies,
/// although it resolves alike; hfmint refuses it by name.
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

    /// The origins as in URLs: `https://huggingface.co`.
    package var origins: [String] { all.map(\.description) }

    /// The relation of a host to ours.
    package enum Match: Equatable, Sendable {
        /// One of ours, and the Hub that gives tokens for it.
        case ours(Authority)
        /// One of ours, reached by a protocol over which hfmint sends no token.
        case insecure
        /// One of ours with a dot at its end, and its name without the dot.
        case dotted(String)
        case notOurs
    }

    /// Compares the described host with ours, byte by byte, so that no look-alike matches.
    ///
    /// Each host has its own authority, because only the Hub that issued a token accepts it.
    package func match(_ description: CredentialDescription) -> Match {
        guard let host = description.host else { return .notOurs }
        let transport = description.transport ?? []
        let match = match(host, over: transport)
        guard match == .notOurs, let plain = Self.withoutDot(host) else { return match }
        return self.match(plain, over: transport) == .notOurs
            ? .notOurs : .dotted(String(decoding: plain.map(\.asciiLowercased), as: UTF8.self))
    }

    private func match(_ host: [UInt8], over transport: [UInt8]) -> Match {
        let host = Self.withPlainPort(host)
        if let origin = Origin(transport + Array("://".utf8) + host), all.contains(origin) {
            return .ours(origin == authority.endpoint || authority.endpoint == .huggingFace ? authority : .huggingFace)
        }
        return isNamed(host, over: transport) ? .insecure : .notOurs
    }

    /// Whether a remote's `host[:port]` is one of ours, over any protocol.
    package func isNamed(_ host: [UInt8], over transport: [UInt8]) -> Bool {
        let host = Self.withPlainPort(host)
        let spoken = Origin(transport + Array("://".utf8) + host)
        return all.contains { ours in
            Origin(Array("\(ours.scheme.rawValue)://".utf8) + host) == ours
                || spoken?.authority.utf8.elementsEqual(ours.authority.utf8) == true
        }
    }

    /// Removes what git ignores: zeros before the port, and a colon that no port follows.
    private static func withPlainPort(_ host: [UInt8]) -> [UInt8] {
        let digits = host.reversed().prefix(while: \.isASCIIDigit).reversed()
        let name = host.dropLast(digits.count)
        guard name.last == ASCII.colon, name.count > 1 else { return host }
        let port = digits.drop { $0 == UInt8(ascii: "0") }
        return digits.isEmpty ? Array(name.dropLast()) : Array(name) + port
    }

    /// Removes the dot of `huggingface.co.` or `localhost.:8080`; returns `nil` if there is none.
    private static func withoutDot(_ host: [UInt8]) -> [UInt8]? {
        let name = host.prefix { $0 != ASCII.colon }
        guard name.last == ASCII.dot, name.count > 1 else { return nil }
        return Array(name.dropLast()) + host[name.count...]
    }
}
