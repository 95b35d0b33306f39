extension Resource {
    /// Reads a path of git or git-lfs: `acme/model`, `datasets/acme/data.git`, `acme/model.git/info/lfs`.
    ///
    /// Slashes around the path are ignored, as git ignores those of a URL. Any other path gives `nil`: dot segments,
    /// percent signs and doubled slashes could name one repository to us and another to the server.
    ///
    /// `credential_from_url_gently` in <https://github.com/git/git/blob/v2.39.5/credential.c>
    package init?(gitPath path: [UInt8]) {
        let trimmed = path.drop { $0 == ASCII.slash }.reversed().drop { $0 == ASCII.slash }.reversed()
        var parts = Array(trimmed).split(separator: ASCII.slash, omittingEmptySubsequences: false)
        // Git-lfs appends both words; a repository may be called "info".
        let lfs = ["info", "lfs"].map { Array($0.utf8)[...] }
        if let info = parts.indices.first(where: { $0 >= 2 && parts[$0...].starts(with: lfs) }) {
            parts.removeSubrange(info...)
        }
        guard parts.count >= 2, var name = parts.popLast() else { return nil }
        name = name.beforeGitEnding ?? name
        let text = String(decoding: Array((parts + [name]).joined(separator: [ASCII.slash])), as: UTF8.self)
        guard !text.utf8.starts(with: "http".utf8) || !text.utf8.contains(ASCII.colon),
            let resource = try? Resource(parsing: text, endpoint: .huggingFace),
            resource.kind != .user, resource.kind != .bucket, resource.canonical.utf8.elementsEqual(text.utf8)
        else { return nil }
        self = resource
    }

    /// Reads a remote's URL: `https://user@host/path` or `git@host:path`; `nil` for a host that is not one of `hosts`.
    package init?(remoteURL url: [UInt8], hosts: GitHosts) {
        guard let colon = url.firstIndex(of: ASCII.colon) else { return nil }
        let isURL = url[colon...].starts(with: "://".utf8)
        let rest = isURL ? url[(colon + 3)...] : url[...]
        let separator = isURL ? ASCII.slash : ASCII.colon
        let authority = rest.prefix { $0 != separator }
        let host = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[($0 + 1)...] } ?? authority
        let transport = isURL ? Array(url[..<colon]) : Array("ssh".utf8)
        guard hosts.isNamed(Array(host), over: transport) else { return nil }
        self.init(gitPath: Array(rest.dropFirst(authority.count + 1)))
    }
}
