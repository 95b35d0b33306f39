/// A question of git's to a credential helper: `key=value` lines, bytes throughout.
///
/// The text is read strictly, because git may pass on what a stranger wrote in a repository: only LF ends a line, a
/// value holds no NUL and no CR, and the length is bounded.
///
/// <https://git-scm.com/docs/git-credential#IOFMT>
package struct CredentialDescription: Equatable, Sendable {
    package private(set) var transport: [UInt8]?
    package private(set) var host: [UInt8]?
    package private(set) var path: [UInt8]?
    package private(set) var username: [UInt8]?
    /// The capabilities that the caller understands: `capability[]`.
    package private(set) var capabilities: [[UInt8]] = []
    /// The challenges of the 401 that made git ask: `wwwauth[]`.
    package private(set) var challenges: [[UInt8]] = []

    package static let byteLimit = 64 << 10

    /// Reads up to the first empty line, or the end.
    ///
    /// An empty `key[]` empties its list, as in git. Unlike git, this refuses a second value of another key that it
    /// takes: a caller whose URL held a line feed would get the credential of one host, and send it to the other.
    ///
    /// - Throws: ``Malformed``, also for more than ``byteLimit`` bytes.
    package init(_ text: Span<UInt8>) throws(Malformed) {
        guard text.count <= Self.byteLimit else { throw Malformed("more than 64 KiB") }
        for line in text.lines {
            if line.isEmpty { return }
            try take(text.extracting(line))
        }
    }

    private mutating func take(_ line: Span<UInt8>) throws(Malformed) {
        for index in line.indices where line[index] == 0 || line[index] == ASCII.carriageReturn {
            throw Malformed("a NUL or a carriage return in a line")
        }
        guard let separator = line.indices.first(where: { line[$0] == ASCII.equals }), separator > 0 else {
            throw Malformed("a line that is not key=value")
        }
        let value = separator + 1..<line.count
        switch line.extracting(0..<separator).text {
        case "protocol": try Self.set(&transport, line.bytes(in: value))
        case "host": try Self.set(&host, line.bytes(in: value))
        case "path": try Self.set(&path, line.bytes(in: value))
        case "username": try Self.set(&username, line.bytes(in: value))
        case "url": try take(url: line.bytes(in: value))
        case "capability[]": Self.add(line.bytes(in: value), to: &capabilities)
        case "wwwauth[]": Self.add(line.bytes(in: value), to: &challenges)
        // Secrets stay in the text, see ``secret(named:in:)``.
        default: break
        }
    }

    private static func set(_ field: inout [UInt8]?, _ value: [UInt8]) throws(Malformed) {
        guard field == nil else { throw Malformed("a key that is there twice") }
        field = value
    }

    private static func add(_ value: [UInt8], to list: inout [[UInt8]]) {
        if value.isEmpty { list = [] } else { list.append(value) }
    }

    /// Takes protocol, host, path and user name from `url=`, which git itself resolves before it calls a helper.
    ///
    /// A password in the URL is ignored, because it is the caller's own. Percent-encoding stays, because no plain name
    /// of a host or a repository needs it.
    private mutating func take(url: [UInt8]) throws(Malformed) {
        guard let colon = url.firstIndex(of: ASCII.colon), url[colon...].starts(with: "://".utf8) else {
            throw Malformed("a url without a protocol")
        }
        let rest = url[(colon + 3)...]
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        var host = authority
        if let at = authority.firstIndex(of: UInt8(ascii: "@")) {
            host = authority[(at + 1)...]
            guard !host.contains(UInt8(ascii: "@")) else { throw Malformed("a url with two @ before its path") }
            try Self.set(&username, Array(authority[..<at].prefix { $0 != ASCII.colon }))
        }
        try Self.set(&transport, Array(url[..<colon]))
        try Self.set(&self.host, Array(host))
        let path = rest.dropFirst(authority.count).drop { $0 == ASCII.slash }
        if !path.isEmpty { try Self.set(&self.path, Array(path)) }
    }

    /// Whether the caller understands this capability.
    package func announces(_ capability: String) -> Bool {
        capabilities.contains { $0.equals(capability) }
    }

    /// Whether the server's challenges include this scheme, or git passed none on.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1>
    package func mayUse(scheme: String) -> Bool {
        guard !challenges.isEmpty else { return true }
        return challenges.contains { challenge in
            challenge.prefix { $0 != ASCII.space }.map(\.asciiLowercased).elementsEqual(
                scheme.utf8.map(\.asciiLowercased))
        }
    }
}

extension CredentialDescription {
    /// Returns the last value of `key` without a copy outside a ``Secret``, or `nil`.
    package static func secret(named key: String, in text: Span<UInt8>) -> Secret? {
        let start = "\(key)="
        var found: Range<Int>?
        for line in text.lines {
            if line.isEmpty { break }
            let value = line.dropFirst(start.utf8.count)
            if text.equals(start, in: line.lowerBound..<value.lowerBound) { found = value }
        }
        guard let found else { return nil }
        return Secret(copying: text.extracting(found))
    }
}

extension Span where Element == UInt8 {
    /// The ranges of the lines, without their line feeds; the last one may be empty.
    var lines: [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        for index in indices where self[index] == ASCII.lineFeed {
            lines.append(start..<index)
            start = index + 1
        }
        return lines + [start..<count]
    }
}
