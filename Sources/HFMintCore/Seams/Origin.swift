/// A scheme, a host and a port: the only unit of trust between hfmint and a server.
///
/// Read from bytes against an allow-list, and handed on rebuilt from its parts, so that no second parser can see
/// another host. `https://huggingface.co.evil.example`, `https://huggingface.co@evil.example` and
/// `https://huggingface.co\u{3002}evil.example` are each either their own host or refused.
package struct Origin: Hashable, Sendable {
    package enum Scheme: String, Sendable { case http, https }

    package let scheme: Scheme
    /// Lower case; an IPv6 address stands in brackets.
    package let host: String
    package let port: Int

    package static let huggingFace = Origin(scheme: .https, host: "huggingface.co", port: 443)

    private init(scheme: Scheme, host: String, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// `nil` for anything but `http://host`, `https://host`, each with or without `:port`.
    package init?(_ text: some Collection<UInt8>) {
        let lower = text.map(\.asciiLowercased)
        let scheme: Scheme
        if lower.starts(with: "https://".utf8) {
            scheme = .https
        } else if lower.starts(with: "http://".utf8) {
            scheme = .http
        } else {
            return nil
        }
        let authority = lower.dropFirst(scheme.rawValue.utf8.count + 3)
        guard let (host, port) = Self.split(authority, defaultPort: scheme == .https ? 443 : 80) else { return nil }
        self.init(scheme: scheme, host: host, port: port)
    }

    private static func split(_ authority: ArraySlice<UInt8>, defaultPort: Int) -> (String, Int)? {
        let loopback6 = Array("[::1]".utf8)
        let host: ArraySlice<UInt8>
        if authority.starts(with: loopback6) {
            host = authority.prefix(loopback6.count)
        } else {
            host = authority.prefix { $0 != ASCII.colon }
            guard isHostName(host) else { return nil }
        }
        let name = String(decoding: host, as: UTF8.self)
        let rest = authority.dropFirst(host.count)
        if rest.isEmpty { return (name, defaultPort) }
        let digits = rest.dropFirst()
        guard rest.first == ASCII.colon, (1...5).contains(digits.count), digits.allSatisfy(\.isASCIIDigit),
            let port = Int(String(decoding: digits, as: UTF8.self)), (1...65_535).contains(port)
        else { return nil }
        return (name, port)
    }

    private static func isHostName(_ host: ArraySlice<UInt8>) -> Bool {
        guard (1...253).contains(host.count) else { return false }
        let labels = host.split(separator: ASCII.dot, omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != ASCII.minus && label.last != ASCII.minus
                && label.allSatisfy { $0.isASCIILetterOrDigit || $0 == ASCII.minus }
        }
    }

    /// Whether the host is this machine, whatever a resolver says.
    package var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.utf8.split(separator: ASCII.dot, omittingEmptySubsequences: false)
        // A leading zero would make the number octal to some resolvers, and the address a name to others.
        let isAddress =
            parts.count == 4
            && parts.allSatisfy { part in
                UInt8(String(Substring(part))).map { "\($0)".utf8.elementsEqual(part) } ?? false
            }
        return isAddress && host.utf8.starts(with: "127.".utf8)
    }
}

extension Origin: CustomStringConvertible {
    /// As in a URL, the port only where it is not the scheme's own: `https://huggingface.co`.
    package var description: String { "\(scheme.rawValue)://\(authority)" }

    /// `host`, or `host:port` where the port is not the scheme's own.
    package var authority: String {
        port == (scheme == .https ? 443 : 80) ? host : "\(host):\(port)"
    }
}
