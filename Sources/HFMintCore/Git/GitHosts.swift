/// The hosts for which hfmint answers git, and no others: the Hub, its short name, and the endpoint that was named.
package struct GitHosts: Sendable {
    private let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// As origins in URLs: `https://huggingface.co`.
    package var origins: [String] {
        let hub = ["https://huggingface.co", "https://hf.co"]
        return authority.endpoint == .huggingFace ? hub : hub + [authority.endpoint.description]
    }

    /// Without the scheme, as git writes `host=`.
    package var names: [String] {
        let hub = ["huggingface.co", "hf.co"]
        return authority.endpoint == .huggingFace ? hub : hub + [authority.endpoint.authority]
    }

    package enum Answer: Equatable, Sendable {
        /// Ours, and the Hub that gives tokens for it.
        case ours(Authority)
        /// Ours by name, but reached in a way over which no token is sent.
        case insecure
        case notOurs
    }

    /// Compared as bytes: what looks like our host and is not is not ours.
    ///
    /// A token is served only at the Hub that issued it, so each host has its own authority.
    package func judge(_ description: CredentialDescription) -> Answer {
        guard let host = description.host, names.contains(where: { host.equals($0) }) else { return .notOurs }
        let own = host.equals(authority.endpoint.authority) || authority.endpoint == .huggingFace
        let meant = own ? authority : .huggingFace
        return description.transport?.equals(meant.endpoint.scheme.rawValue) == true ? .ours(meant) : .insecure
    }
}
