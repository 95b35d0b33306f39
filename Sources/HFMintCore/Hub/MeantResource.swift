extension Resource {
    /// Returns the repository that `text` most likely means although it is not a resource; `nil` without a guess.
    ///
    /// Knows how the Hub's pages, its libraries, git and file managers spell a repository.
    static func meant(by text: String, endpoint: Origin) -> Resource? {
        var rest = Array(text.utf8.prefix(1_024))[...]
        let around = Array(" \t\r\n\"'`<>()[],;/\\.".utf8)
        while let byte = rest.first, around.contains(byte) || byte == ASCII.colon { rest.removeFirst() }
        while let byte = rest.last, around.contains(byte) { rest.removeLast() }
        guard let path = behindHost(rest, endpoint) else { return nil }
        rest = path
        // A folder of huggingface_hub's cache: models--acme--model.
        let isCached = !rest.contains { $0 == ASCII.slash || $0 == ASCII.backslash }
        var parts = split(rest.map { $0 == ASCII.backslash ? ASCII.slash : $0 }, at: isCached ? "--" : "/")
            .filter { !$0.isEmpty }
        if parts.first?.equals("api") == true { parts.removeFirst() }
        var prefix: [String] = []
        if let word = parts.first?.map(\.asciiLowercased) {
            let kind = Kind.allCases.first { word.equals($0.rawValue) || word.equals($0.rawValue + "s") }
            // A user may have this name too.
            if let kind, parts.count > 2 || isCached {
                parts.removeFirst()
                prefix = kind.prefix.map { [$0] } ?? []
            }
        }
        guard parts.count >= 2, !isCached || parts.count == 2 else { return nil }
        // `github.com/acme/model` does not lie on the Hub.
        guard parts.count == 2 || !prefix.isEmpty || !parts[0].contains(ASCII.dot) else { return nil }
        guard !pages.contains(where: { parts[0].equals($0) }) else { return nil }
        let owner = String(decoding: parts[0], as: UTF8.self)
        var name = parts[1].prefix { !"@:#?".utf8.contains($0) }
        name = name.beforeGitEnding ?? name
        let words = prefix + [owner, String(decoding: name, as: UTF8.self)]
        let found = parse(Array(words.joined(separator: "/").utf8), endpoint: endpoint)
        return found?.kind == .user ? nil : found
    }

    /// Returns the path behind the Hub's host; a scheme, a user name, or a colon may stand there as in
    /// `git@hf.co:acme/model`.
    ///
    /// Returns `text` itself if it names no host, and `nil` for a URL of another host.
    /// <https://huggingface.co/docs/huggingface_hub/guides/hf_file_system> for `hf://`.
    private static func behindHost(_ text: ArraySlice<UInt8>, _ endpoint: Origin) -> ArraySlice<UInt8>? {
        var rest = text
        let lower = text.map(\.asciiLowercased)
        let schemes = ["https://", "http://", "ssh://", "git://", "git+ssh://", "git+https://", "hf://"]
        let scheme = schemes.first { lower.starts(with: $0.utf8) }
        if let scheme { rest = rest.dropFirst(scheme.utf8.count) }
        let authority = rest.prefix { $0 != ASCII.slash }
        let host = authority.firstIndex(of: UInt8(ascii: "@")).map { rest[($0 + 1)...] } ?? rest
        let ours = ["huggingface.co", "www.huggingface.co", "hf.co", endpoint.authority, endpoint.host]
        for name in ours where host.count > name.utf8.count {
            guard host.map(\.asciiLowercased).starts(with: name.utf8) else { continue }
            let behind = host.dropFirst(name.utf8.count)
            if behind.first == ASCII.slash { return behind.dropFirst() }
            guard behind.first == ASCII.colon else { continue }
            // The colon stands before a port, or before the path of an ssh address.
            let port = behind.dropFirst().prefix(while: \.isASCIIDigit)
            let path = behind.dropFirst(1 + port.count)
            return path.first == ASCII.slash ? path.dropFirst() : behind.dropFirst()
        }
        return scheme == nil || scheme == "hf://" ? rest : nil
    }

    private static func split(_ text: [UInt8], at separator: String) -> [[UInt8]] {
        guard let found = text.span.range(of: separator) else { return [text] }
        return [Array(text[..<found.lowerBound])] + split(Array(text[found.upperBound...]), at: separator)
    }
}
