/// A URL that hfmint will request: an ``Origin``, and a path with its query exactly as given.
package struct HTTPURL: Equatable, Sendable {
    package let origin: Origin
    /// Begins with a slash; never normalised, as GitHub's token URL has a double slash that counts.
    package let target: String

    /// - Parameter target: begins with a slash.
    package init(_ origin: Origin, _ target: String) {
        self.origin = origin
        self.target = target
    }

    /// `nil` where the text is no absolute http or https URL of visible ASCII, or has a fragment or a user name.
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

    /// The same URL with `name=value` at the end of its query; everything before stays as it was.
    package func appendingQuery(_ name: String, _ value: String) -> HTTPURL {
        let separator = target.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        return HTTPURL(origin, "\(target)\(separator)\(name)=\(percentEncoded(value))")
    }

    /// Whether secrets may travel to it: https, or plain http on this machine.
    package var isConfidential: Bool { origin.scheme == .https || origin.isLoopback }
}

extension HTTPURL: CustomStringConvertible {
    package var description: String { "\(origin)\(target)" }
}
