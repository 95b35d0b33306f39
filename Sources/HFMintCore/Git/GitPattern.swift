/// The URL in the key of a git setting, such as `credential.https://hf.co/acme.helper`, for which the setting counts.
///
/// Scheme and host are in lower case, without the scheme's own port; a `*` in the host stands for one label.
/// <https://git-scm.com/docs/git-config#Documentation/git-config.txt-httplturlgt>
struct GitPattern: Equatable {
    private let scheme: [UInt8]
    private let host: [UInt8]
    let hasUser: Bool
    /// The path with its slashes; empty if there is none, or only the root.
    let path: [UInt8]

    /// Reads the pattern of a key; `nil` if the key has none, so that the setting counts for every URL.
    init?(ofKey key: String) {
        let bytes = Array(key.utf8)
        guard let first = bytes.firstIndex(of: ASCII.dot), let last = bytes.lastIndex(of: ASCII.dot), first < last
        else {
            return nil
        }
        self.init(bytes[(first + 1)..<last])
    }

    init(_ url: ArraySlice<UInt8>) {
        let separator = Array("://".utf8)
        let position = url.indices.first { url[$0...].starts(with: separator) }
        scheme = position.map { url[..<$0].map(\.asciiLowercased) } ?? []
        let rest = url[(position.map { $0 + 3 } ?? url.startIndex)...]
        let authority = rest.prefix { $0 != ASCII.slash }
        let user = authority.lastIndex(of: UInt8(ascii: "@"))
        hasUser = user != nil
        let ownPort = Array((scheme.equals("http") ? ":80" : ":443").utf8)
        let name = authority[(user.map { $0 + 1 } ?? authority.startIndex)...].map(\.asciiLowercased)
        host = name.suffix(ownPort.count).elementsEqual(ownPort) ? name.dropLast(ownPort.count) : name
        let tail = Array(rest.dropFirst(authority.count))
        path = tail.elementsEqual([ASCII.slash]) ? [] : tail
    }

    /// Whether it counts for some URL at `origin` (`https://huggingface.co`), with any path and user.
    ///
    /// - Parameter isPartial: whether the pattern may lack its scheme or host, as for `credential` and not for `http`.
    func matches(_ origin: String, isPartial: Bool) -> Bool {
        let own = GitPattern(Array(origin.utf8)[...])
        guard scheme == own.scheme || isPartial && scheme.isEmpty else { return false }
        if host.isEmpty { return isPartial }
        let labels = host.split(separator: ASCII.dot, omittingEmptySubsequences: false)
        let ownLabels = own.host.split(separator: ASCII.dot, omittingEmptySubsequences: false)
        return labels.count == ownLabels.count
            && zip(labels, ownLabels).allSatisfy { $0.elementsEqual("*".utf8) || $0.elementsEqual($1) }
    }

    /// Whether it counts for every URL of its hosts.
    var isForWholeHost: Bool { path.isEmpty && !hasUser }

    /// Whether it can count for the repository at this path: one path begins with the other.
    func mayConcern(_ repository: String) -> Bool {
        let own = Array("/\(repository)".utf8)
        return path.starts(with: own) || own.starts(with: path)
    }

    /// How exactly it names a host: of some settings only the most exact counts.
    var exactness: Int { host.count }
}
