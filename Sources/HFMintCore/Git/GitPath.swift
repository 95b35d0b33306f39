extension Resource {
    /// The repository that a path of git's, or of git-lfs', names: `acme/model`, `datasets/acme/data.git`,
    /// `acme/model.git/info/lfs`.
    ///
    /// Slashes before and behind it are left out, as git does with those of a URL. `nil` for anything else: dot
    /// segments, percent signs and doubled slashes could name one repository to us and another to the server.
    ///
    /// `credential_from_url_gently` in <https://github.com/git/git/blob/v2.39.5/credential.c>
    package init?(gitPath path: [UInt8]) {
        let trimmed = path.drop { $0 == ASCII.slash }.reversed().drop { $0 == ASCII.slash }.reversed()
        var parts = Array(trimmed).split(separator: ASCII.slash, omittingEmptySubsequences: false)
        // What git-lfs appends, and nothing less: a repository may be called "info".
        let lfs = ["info", "lfs"].map { Array($0.utf8)[...] }
        if let info = parts.indices.first(where: { $0 >= 2 && parts[$0...].starts(with: lfs) }) {
            parts.removeSubrange(info...)
        }
        guard parts.count >= 2, var name = parts.popLast() else { return nil }
        if name.count > 4, name.suffix(4).elementsEqual(".git".utf8) { name.removeLast(4) }
        let text = String(decoding: Array((parts + [name]).joined(separator: [ASCII.slash])), as: UTF8.self)
        guard !text.utf8.starts(with: "http".utf8) || !text.utf8.contains(ASCII.colon),
            let resource = try? Resource(parsing: text, endpoint: .huggingFace),
            resource.kind != .user, resource.kind != .bucket, resource.canonical.utf8.elementsEqual(text.utf8)
        else { return nil }
        self = resource
    }

    /// The repository of a remote's URL, where it lies on one of `hosts`.
    package init?(remoteURL url: [UInt8], hosts: GitHosts) {
        guard let colon = url.firstIndex(of: ASCII.colon) else { return nil }
        let isURL = url[colon...].starts(with: "://".utf8)
        // Either `https://user@host/path`, or `git@host:path`.
        let rest = isURL ? url[(colon + 3)...] : url[...]
        let separator = isURL ? ASCII.slash : ASCII.colon
        let authority = rest.prefix { $0 != separator }
        let host = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[($0 + 1)...] } ?? authority
        let transport = isURL ? Array(url[..<colon]) : Array("ssh".utf8)
        guard hosts.isNamed(Array(host), over: transport) else { return nil }
        self.init(gitPath: Array(rest.dropFirst(authority.count + 1)))
    }
}
