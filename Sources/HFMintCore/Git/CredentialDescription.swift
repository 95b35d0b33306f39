/// What git tells a credential helper: `key=value` lines, bytes throughout.
///
/// Read strictly, because what git passes on may come from a repository that a stranger wrote: one LF ends a line and
/// nothing else does, a value holds no NUL and no CR, and everything is bounded.
///
/// <https://git-scm.com/docs/git-credential#IOFMT>
package struct CredentialDescription: Equatable, Sendable {
    package private(set) var transport: [UInt8]?
    package private(set) var host: [UInt8]?
    package private(set) var path: [UInt8]?
    package private(set) var username: [UInt8]?
    /// What the caller understands: `capability[]`.
    package private(set) var capabilities: [[UInt8]] = []
    /// The challenges of the 401 that made git ask: `wwwauth[]`.
    package private(set) var challenges: [[UInt8]] = []

    package static let byteLimit = 64 << 10

    /// Reads up to the first empty line, or the end.
    ///
    /// An empty `key[]` empties its list, as git does. Unlike git, no second value of another key is taken: a caller
    /// whose URL held a line feed would be told the credential of one host, and send it to the other.
    package init(_ text: Span<UInt8>) throws(Malformed) {
        guard text.count <= Self.byteLimit else { throw Malformed("more than 64 KiB") }
        var start = 0
        while start < text.count {
            let end = (start..<text.count).first { text[$0] == ASCII.lineFeed } ?? text.count
            if end == start { return }
            try take(text.extracting(start..<end))
            start = end + 1
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
        switch String(decoding: line.bytes(in: 0..<separator), as: UTF8.self) {
        case "protocol": try Self.set(&transport, line.bytes(in: value))
        case "host": try Self.set(&host, line.bytes(in: value))
        case "path": try Self.set(&path, line.bytes(in: value))
        case "username": try Self.set(&username, line.bytes(in: value))
        case "url": try take(url: line.bytes(in: value))
        case "capability[]": Self.add(line.bytes(in: value), to: &capabilities)
        case "wwwauth[]": Self.add(line.bytes(in: value), to: &challenges)
        // `password` and `credential` stay where they are: see ``secret(named:in:)``.
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

    /// `url=` sets protocol, host, path and user name at once; git resolves it before it calls a helper, other callers
    /// may not.
    ///
    /// A password in it is the caller's own. Percent signs stay: what they would stand for is nobody's plain name.
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

    package func announces(_ capability: String) -> Bool {
        capabilities.contains { $0.equals(capability) }
    }

    /// Whether the server's challenges, if git passed them on, include this scheme.
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
    /// The last value of `key`, straight into a ``Secret``.
    package static func secret(named key: String, in text: Span<UInt8>) -> Secret? {
        var found: Range<Int>?
        var start = 0
        while start < text.count {
            let end = (start..<text.count).first { text[$0] == ASCII.lineFeed } ?? text.count
            if end == start { break }
            let valueStart = start + key.utf8.count + 1
            if valueStart <= end, text.equals("\(key)=", in: start..<valueStart) { found = valueStart..<end }
            start = end + 1
        }
        guard let found else { return nil }
        return Secret(copying: text.extracting(found))
    }
}
