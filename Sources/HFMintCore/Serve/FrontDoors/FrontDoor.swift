/// What `hfmint serve config` prints: the configuration of a web server that asks hfmint before each request, or of
/// what starts the two.
///
/// Each is a complete file that works as it is, but for the lines that a comment `CHANGE` stands above. None writes to
/// the machine.
package struct FrontDoor: Sendable {
    /// The word after `--for`.
    package let name: String
    /// One clause, lower case, without a full stop: what the file is.
    package let help: String
    /// Whether it is for a web server of this machine, so that ``FrontDoorQuestion/listen`` has a meaning.
    package let listens: Bool
    /// Returns the file, which ends without a newline.
    package let text: @Sendable (FrontDoorQuestion) -> String

    package init(
        name: String, help: String, listens: Bool = true, text: @escaping @Sendable (FrontDoorQuestion) -> String
    ) {
        self.name = name
        self.help = help
        self.listens = listens
        self.text = text
    }
}

/// What a ``FrontDoor`` is to be written for.
///
/// Paths and addresses hold only what no configuration reads as anything else: letters, digits and `/._-+:[]`.
package struct FrontDoorQuestion: Sendable {
    package let definition: ServeDefinition
    /// The absolute path of the socket at which hfmint answers.
    package let socket: String
    package let listen: Listen
    /// The absolute path of the manifest.
    package let manifestPath: String
    /// The absolute path of hfmint.
    package let programPath: String

    /// Where the web server listens.
    package enum Listen: Equatable, Sendable {
        /// On the port of `origin` at all addresses, with a certificate whose paths are marked by comments.
        case tls
        /// Without TLS, at an address of this machine alone: `127.0.0.1:8080`.
        case plain(String)
    }

    package init(
        definition: ServeDefinition, socket: String, listen: Listen, manifestPath: String, programPath: String
    ) {
        self.definition = definition
        self.socket = socket
        self.listen = listen
        self.manifestPath = manifestPath
        self.programPath = programPath
    }
}

extension FrontDoorQuestion {
    /// Whether the host is that of `origin`, which has the broker's and the operator's locations too.
    package func hasBroker(_ host: ServeDefinition.Host) -> Bool {
        host.name.utf8.elementsEqual(definition.origin.host.utf8)
    }

    /// Returns the address by which clients know the host: the scheme and the port are those of `origin`.
    package func publicAddress(_ host: ServeDefinition.Host) -> String {
        let origin = definition.origin
        let hasPort = origin.authority.utf8.count > origin.host.utf8.count
        return "\(origin.scheme.rawValue)://\(host.name)\(hasPort ? ":\(origin.port)" : "")"
    }

    /// The first lines of each file, without the comment's sign.
    package func title(_ door: String) -> [String] {
        [
            "Made by `hfmint serve config --for \(door) --manifest \(manifestPath)`.",
            "Make it again when the manifest's `serve` changes: what it says of hosts and of the socket stands here too.",
        ]
    }
}

extension ServeDefinition.Host {
    /// Headers of the client that are not sent to the Hub, beside its `Authorization`.
    ///
    /// They are its credentials, who pays, and what a server might believe instead of the request line: a method, a
    /// path, or an address.
    package static let strippedHeaders = [
        "Cookie", "Proxy-Authorization", "X-HF-Bill-To",
        "X-Hfmint-Authorization", "X-Hfmint-Role", "X-Hfmint-Actor",
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Method", "X-Forwarded-Port",
        "X-Forwarded-Prefix", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Forwarded-Ssl", "X-Forwarded-Uri",
        "X-Forwarded-User", "X-Real-IP", "X-Original-URL", "X-Original-URI", "X-Original-Method", "X-Rewrite-URL",
        "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override",
    ]

    /// A regular expression (PCRE, RE2) of the authority of what stands behind: `huggingface\.co(?::443)?`.
    ///
    /// A path, a query, a fragment or nothing must follow, else it is another's.
    package var upstreamExpression: String {
        let isUsual = upstream.port == (upstream.scheme == .https ? 443 : 80)
        return upstream.host.expression + (isUsual ? "(?::\(upstream.port))?" : ":\(upstream.port)")
    }

    /// The host and the port, which a URL may leave out.
    package var upstreamAuthorityWithPort: String { "\(upstream.host):\(upstream.port)" }
}

extension String {
    /// The name or address of a host as a regular expression.
    var expression: String {
        unicodeScalars.map { ".[]".unicodeScalars.contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    /// Returns the text with `count` spaces before each line that is not empty.
    func indented(by count: Int) -> String {
        split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
    }
}
