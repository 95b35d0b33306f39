/// A URL that hfmint requests: an ``Origin``, and a path with its query exactly as given.
package struct HTTPURL: Equatable, Sendable {
    package let origin: Origin
    /// The path and the query, with a slash in front; never normalised, because GitHub's token URL has a double slash.
    package let target: String

    /// - Parameter target: begins with a slash.
    package init(_ origin: Origin, _ target: String) {
        self.origin = origin
        self.target = target
    }

    /// Reads an absolute http or https URL of visible ASCII, or returns nil; a fragment or a user name is refused.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 8_192, bytes.allSatisfy({ $0.isASCIIVisible && !"\"#<>\\^`{|}".utf8.contains($0) }),
            let colon = bytes.firstIndex(of: ASCII.colon)
        else { return nil }
        let authorityStart = colon + 3
        guard bytes.count > authorityStart else { return nil }
        let end = bytes[authorityStart...].firstIndex { $0 == ASCII.slash || $0 == UInt8(ascii: "?") } ?? bytes.endIndex
        guard let origin = Origin(bytes[..<end]) else { return nil }
        let rest = String(decoding: bytes[end...], as: UTF8.self)
        self.init(origin, rest.utf8.first == ASCII.slash ? rest : "/" + rest)
    }

    /// Returns the URL with `name=value` appended to its query.
    package func appendingQuery(_ name: String, _ value: String) -> HTTPURL {
        let separator = target.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        return HTTPURL(origin, "\(target)\(separator)\(name)=\(percentEncoded(value))")
    }

    /// Whether a secret may be sent to it: over https, or on this machine.
    package var isConfidential: Bool { origin.scheme == .https || origin.isLoopback }
}

extension HTTPURL: CustomStringConvertible {
    package var description: String { "\(origin)\(target)" }
}
