/// A scheme, a host and a port: the only unit of trust between hfmint and a server.
///
/// It is read from bytes against an allow-list, and passed on as it is rebuilt from its parts, so that no second parser
/// can see another host. `https://huggingface.co.evil.example`, `https://huggingface.co@evil.example` and
/// `https://huggingface.co\u{3002}evil.example` are each either their own host or refused.
///
/// ```swift
/// Origin("https://HuggingFace.co:443".utf8)?.description  // "https://huggingface.co"
/// Origin("https://huggingface.co/api".utf8)  // nil: an origin has no path
/// ```
package struct Origin: Hashable, Sendable {
    package enum Scheme: String, Sendable { case http, https }

    package let scheme: Scheme
    /// The host in lower case; an IPv6 address stands in brackets, in its canonical spelling (RFC 5952).
    package let host: String
    package let port: Int

    package static let huggingFace = Origin(scheme: .https, host: "huggingface.co", port: 443)

    private init(scheme: Scheme, host: String, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// Reads `http://host` or `https://host`, with or without `:port`; returns nil for anything else.
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

    /// Reads a host and a port that come apart, as in variables; an IPv6 address needs no brackets.
    package init?(_ scheme: Scheme, host: String, port: String) {
        let name = IPAddress(v6: host.utf8)?.host ?? host
        self.init("\(scheme.rawValue)://\(name):\(port)".utf8)
    }

    private static func split(_ authority: ArraySlice<UInt8>, defaultPort: Int) -> (String, Int)? {
        let name: String
        let rest: ArraySlice<UInt8>
        if authority.first == UInt8(ascii: "[") {
            guard let end = authority.firstIndex(of: UInt8(ascii: "]")),
                let address = IPAddress(host: authority[...end])
            else { return nil }
            name = address.host
            rest = authority[(end + 1)...]
        } else {
            let host = authority.prefix { $0 != ASCII.colon }
            guard isHostName(host) else { return nil }
            name = String(decoding: host, as: UTF8.self)
            rest = authority.dropFirst(host.count)
        }
        if rest.isEmpty { return (name, defaultPort) }
        guard rest.first == ASCII.colon, let port = port(rest.dropFirst()) else { return nil }
        return (name, port)
    }

    /// Reads a port from 1 to 65535, or returns nil.
    package static func port(_ digits: some Collection<UInt8>) -> Int? {
        guard (1...5).contains(digits.count), digits.allSatisfy(\.isASCIIDigit),
            let port = Int(String(decoding: digits, as: UTF8.self)), (1...65_535).contains(port)
        else { return nil }
        return port
    }

    private static func isHostName(_ host: ArraySlice<UInt8>) -> Bool {
        guard (1...253).contains(host.count) else { return false }
        let labels = host.split(separator: ASCII.dot, omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != ASCII.minus && label.last != ASCII.minus
                && label.allSatisfy { $0.isASCIILetterOrDigit || $0 == ASCII.minus }
        }
    }

    /// The host as an address, or nil if it is a name.
    package var address: IPAddress? { IPAddress(host: host.utf8) }

    /// Whether the host is this machine, without a question to a resolver.
    package var isLoopback: Bool { host == "localhost" || address?.isLoopback == true }
}

extension Origin {
    /// Returns a clause about the IPv6 address in a text that is no URL, or nil if that is not the fault.
    package static func complaint(about text: String) -> String? {
        let bytes = Array(text.utf8)
        let slashes = bytes.indices.first { bytes[$0...].starts(with: "://".utf8) }
        let authority = bytes[(slashes.map { $0 + 3 } ?? 0)...].prefix { !"/?#".utf8.contains($0) }
        let host = authority.split(separator: UInt8(ascii: "@")).last ?? []
        return IPAddress.complaint(about: host)
    }
}

extension IPAddress {
    /// Returns a clause about what is wrong with an IPv6 address as a URL's host, with or without a port, or nil.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc6874>, <https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2>
    package static func complaint(about host: ArraySlice<UInt8>) -> String? {
        let isBracketed = host.first == UInt8(ascii: "[")
        let inside = isBracketed ? host.dropFirst().prefix { $0 != UInt8(ascii: "]") } : host
        guard inside.filter({ $0 == ASCII.colon }).count > 1 || isBracketed else { return nil }
        if isBracketed, !host.contains(UInt8(ascii: "]")) { return "has a '[' without its ']'" }
        if isBracketed, inside.first.map(\.asciiLowercased) == UInt8(ascii: "v") {
            return "has an address of a version of IP that nothing here speaks"
        }
        let address = inside.prefix { $0 != UInt8(ascii: "%") }
        if address.count < inside.count, IPAddress(v6: address) != nil {
            return "has an IPv6 address with a zone ('%' and an interface), which is never used: write it without"
        }
        guard IPAddress(v6: inside) != nil else { return isBracketed ? "has no IPv6 address in its brackets" : nil }
        return isBracketed
            ? nil : "has an IPv6 address without brackets: write [\(String(decoding: inside, as: UTF8.self))]"
    }
}

extension Origin: CustomStringConvertible {
    /// The origin as in a URL, such as `https://huggingface.co`, with the port only if it is not the scheme's own.
    package var description: String { "\(scheme.rawValue)://\(authority)" }

    /// `host`, or `host:port` if the port is not the scheme's own.
    package var authority: String { port == (scheme == .https ? 443 : 80) ? host : "\(host):\(port)" }
}
