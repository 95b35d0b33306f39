/// A resource that a Hub token is for: one repository, or a user.
///
/// <https://huggingface.co/docs/hub/trusted-publishers>
package struct Resource: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case model, dataset, space, kernel, bucket, user

        /// The word in front of the name, in a resource and in a URL of the Hub.
        package var prefix: String? {
            switch self {
            case .model, .user: nil
            case .dataset, .space, .kernel, .bucket: rawValue + "s"
            }
        }
    }

    package let kind: Kind
    /// The user or organization that owns the repository; for a user, the user's name.
    package let namespace: String
    /// The repository's name; empty for a user.
    package let name: String

    /// The spelling of the Hub's token endpoint: `acme/model`, `datasets/acme/data`, `acme-bot`.
    package var canonical: String {
        kind == .user ? namespace : [kind.prefix, namespace, name].compactMap(\.self).joined(separator: "/")
    }

    /// The resource's kind, as a noun for messages.
    package var noun: String { kind == .user ? "user" : "\(kind.rawValue) repository" }
}

extension Resource {
    /// Reads a resource as people write or paste it.
    ///
    /// Accepts the canonical form, and a URL below `endpoint`, huggingface.co or hf.co. Any path may follow the name in
    /// the URL: `https://huggingface.co/datasets/a/b/tree/main`.
    package init(parsing text: String, endpoint: Origin) throws(MintError) {
        guard !text.utf8.split(separator: ASCII.slash).contains(where: { String($0)?.looksLikeToken == true }) else {
            throw .usage(
                "what was given as the resource looks like a token; nothing was sent",
                hint: "name what the token is for, such as owner/name; a token that was typed may be in a log or a"
                    + " shell's history: invalidate it at https://huggingface.co/settings/tokens")
        }
        guard let parsed = Self.parse(Array(text.utf8), endpoint: endpoint) else {
            let meant = Self.meant(by: text, endpoint: endpoint)
            throw .usage(
                "'\(text)' is not a resource",
                hint: meant.map { didYouMean($0.canonical) }
                    ?? "write owner/name, datasets/owner/name, spaces/owner/name, kernels/owner/name,"
                    + " buckets/owner/name, or a user name\(Self.remark(on: text))")
        }
        self = parsed
    }

    /// Returns why `text` is not a resource, as the end of a hint; empty if the reason does not show.
    private static func remark(on text: String) -> String {
        if text.utf8.isEmpty { return "; it is empty: is the variable set that it comes from?" }
        let isOpen = text.utf8.contains { "$<>{}".utf8.contains($0) } || text.utf8.first == UInt8(ascii: "%")
        if isOpen { return "; nothing has replaced the variable or the placeholder in it" }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return "; it holds a blank, or a character that is invisible or not ASCII"
        }
        return ""
    }

    /// Reads the canonical form, or a URL below one of the Hub's addresses; `nil` for anything else.
    static func parse(_ text: [UInt8], endpoint: Origin) -> Resource? {
        guard text.count <= 512 else { return nil }
        guard text.starts(with: "http://".utf8) || text.starts(with: "https://".utf8) else {
            return parts(text.split(separator: ASCII.slash, omittingEmptySubsequences: false), isURL: false)
        }
        let ours = [endpoint, .huggingFace].map { Array("\($0)/".utf8) } + [Array("https://hf.co/".utf8)]
        guard let base = ours.first(where: { text.starts(with: $0) }) else { return nil }
        let path = text.dropFirst(base.count).prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let parts = path.split(separator: ASCII.slash, omittingEmptySubsequences: true)
        guard let first = parts.first, !pages.contains(where: { first.elementsEqual($0.utf8) }) else { return nil }
        return Self.parts(parts, isURL: true)
    }

    /// First path parts of the Hub's own pages, which no user can have as a name.
    static let pages = [
        "api", "blog", "chat", "collections", "docs", "join", "login", "models", "new", "notifications", "oauth",
        "organizations", "papers", "posts", "pricing", "settings", "tasks",
    ]

    private static func parts(_ parts: [ArraySlice<UInt8>], isURL: Bool) -> Resource? {
        let kind = Kind.allCases.first { kind in
            kind.prefix.map { parts.first?.elementsEqual($0.utf8) == true } == true
        }
        var names = parts.dropFirst(kind == nil ? 0 : 1)
        // No repository's name ends so, but the URL for git does:
        // https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/utils/_validators.py
        if names.count > 1, let name = names[names.startIndex + 1].beforeGitEnding {
            guard isURL else { return nil }
            names[names.startIndex + 1] = name
        }
        guard names.count <= 2 || isURL, names.prefix(2).allSatisfy(isName), let owner = names.first,
            !isNoOwner(owner, alone: names.count == 1)
        else { return nil }
        switch (kind, names.count) {
        case (nil, 1): return Resource(kind: .user, namespace: text(names.first), name: "")
        case (_, 2...):
            return Resource(
                kind: kind ?? .model, namespace: text(names.first), name: text(names.dropFirst().first))
        default: return nil
        }
    }

    /// Whether `text` is the Hub's host, or a folder of huggingface_hub's cache.
    private static func isNoOwner(_ text: ArraySlice<UInt8>, alone isAlone: Bool) -> Bool {
        text.elementsEqual("huggingface.co".utf8) || text.elementsEqual("hf.co".utf8)
            || isAlone && ["models--", "datasets--", "spaces--"].contains { text.starts(with: $0.utf8) }
    }

    /// Makes the resource of an owner and a name, or returns nil if nobody can have it.
    ///
    /// Its ``canonical`` form is read as the same resource.
    ///
    /// - Parameter name: empty for a user.
    init?(_ kind: Kind, owner: ArraySlice<UInt8>, name: ArraySlice<UInt8>) {
        let isAlone = kind == .user
        guard Self.isName(owner), isAlone ? name.isEmpty : Self.isName(name), !name.hasGitEnding,
            !Self.isNoOwner(owner, alone: isAlone), kind.prefix != nil || !Self.prefixes.contains(owner),
            !owner.looksLikeToken, !name.looksLikeToken
        else { return nil }
        self.init(kind: kind, namespace: Self.text(owner), name: Self.text(name))
    }

    private static let prefixes = Kind.allCases.compactMap(\.prefix).map { Array($0.utf8)[...] }

    private static func isName(_ name: ArraySlice<UInt8>) -> Bool {
        (1...96).contains(name.count) && name.first != ASCII.dot && name.first != ASCII.minus
            && name.allSatisfy(\.isOfName)
    }

    private static func text(_ name: ArraySlice<UInt8>?) -> String { String(decoding: name ?? [], as: UTF8.self) }

    /// Returns the address of the page where people set this resource's Trusted Publishers.
    package func settingsURL(on endpoint: Origin) -> String {
        kind == .user
            ? "\(endpoint)/settings/authentication#ci-cd-access" : "\(endpoint)/\(canonical)/settings"
    }
}

extension ArraySlice where Element == UInt8 {
    /// The name of a repository in front of the `.git` of its URL for git, or nil without that ending.
    var beforeGitEnding: ArraySlice<UInt8>? { count > 4 && hasGitEnding ? dropLast(4) : nil }

    var hasGitEnding: Bool {
        count >= 4 && self[endIndex - 4] == ASCII.dot && suffix(3).elementsEqual("git".utf8)
    }

    fileprivate var looksLikeToken: Bool { count >= 30 && String(decoding: self, as: UTF8.self).looksLikeToken }
}

extension UInt8 {
    /// Whether the byte may stand in a name of the Hub.
    var isOfName: Bool {
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: isASCIILetterOrDigit
        }
    }
}
