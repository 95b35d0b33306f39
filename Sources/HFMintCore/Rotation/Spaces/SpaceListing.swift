/// A Space as a listing of the Hub shows it, or its own page.
package struct ListedSpace: Equatable, Sendable {
    package let resource: Resource
    /// `static`, `gradio`, `docker`.
    package let sdk: String?
    /// The commit of the repository.
    package let sha: String?
    /// Nil where the Hub does not say it.
    package let visibility: Visibility?
    /// Whether ``visibility`` is the Hub's own word, and not read from the member `private`, which knows two kinds.
    package let namesVisibility: Bool
    package let runtime: SpaceRuntime?

    init?(_ node: JSONNode, in text: Span<UInt8>) {
        guard let id = node["id"]?.string(in: text), let resource = Resource(spaceNamed: id) else { return nil }
        let named = node["visibility"]?.text(in: text).flatMap { Visibility(rawValue: $0) }
        let isPrivate = node["private"]?.bool
        self.resource = resource
        sdk = node["sdk"]?.text(in: text)?.plain
        sha = node["sha"]?.text(in: text)?.plain
        visibility = named ?? isPrivate.map { $0 ? .private : .public }
        namesVisibility = named != nil
        runtime = node["runtime"].flatMap { SpaceRuntime($0, in: text) }
    }

    /// The name by which the Hub tells Spaces apart: no two differ in case alone.
    package static func key(_ space: Resource) -> String { space.repositoryName.asciiLowercased }
}

extension Resource {
    /// `owner/name`, which the Hub's API takes with the kind in front.
    var repositoryName: String { "\(namespace)/\(name)" }

    /// Reads the Space's name as the Hub's API writes it: `owner/name`.
    init?(spaceNamed text: some Collection<UInt8>) {
        let parts = Array(text).split(separator: ASCII.slash, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        self.init(.space, owner: parts[0], name: parts[1])
    }
}

/// The listing of an owner's Spaces: all of its pages, or an error.
///
/// <https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.list_spaces>
package enum SpaceListing {
    /// What is asked for of each Space; secrets and variables are not to be had so.
    static let query =
        ["runtime", "sha", "sdk", "private"].map { "expand=\($0)" }.joined(separator: "&")
    /// How many Spaces a page has, so that none is near the limit of an answer.
    static let pageSize = 100
    /// No owner has more pages; a server that names more leads in a circle.
    static let mostPages = 1_000

    /// Reads all pages.
    ///
    /// A page may show a Space that an earlier one has shown, and what is not listed may exist all the same: the Hub
    /// lists what the credential may see.
    ///
    /// - Parameter body: takes each Space, so that the caller keeps no more than it needs.
    /// - Throws: a failure if any page cannot be read, or the next one would be elsewhere: there is no short list.
    static func read(
        author: String, _ api: API, _ body: (ListedSpace) -> Void
    ) throws(StepFailure) {
        var path = "/api/spaces?author=\(percentEncoded(author))&limit=\(pageSize)&\(query)"
        for _ in 0..<mostPages {
            let answer = try api.patiently { () throws(StepFailure) -> Page in try page(path, api) }
            answer.spaces.forEach(body)
            guard let next = answer.next else { return }
            guard !next.utf8.elementsEqual(path.utf8) else { break }
            path = next
        }
        throw api.refused("its list of Spaces has no end")
    }

    private struct Page {
        let spaces: [ListedSpace]
        let next: String?
    }

    private static func page(_ path: String, _ api: API) throws(StepFailure) -> Page {
        let answer = try api.call(.get, path, bodyLimit: API.largeBody)
        let spaces = try answer.reading { (root, text) -> [ListedSpace]? in
            guard let elements = root.elements else { return nil }
            // A name that no manifest can hold is nobody's loss. An entry without a name may be anybody's.
            guard elements.allSatisfy({ $0["id"]?.isString == true }) else { return nil }
            return elements.compactMap { ListedSpace($0, in: text) }
        }
        guard let link = answer.response.header("link") else { return Page(spaces: spaces, next: nil) }
        switch NextPage(link, of: api.base.below(path)) {
        case .none: return Page(spaces: spaces, next: nil)
        case .target(let target):
            return Page(spaces: spaces, next: String(decoding: target.utf8.dropFirst(api.prefixCount), as: UTF8.self))
        case .elsewhere:
            throw api.refused("the next page of its list of Spaces is at another place, which is not asked")
        }
    }
}

extension API {
    /// The length of what ``HTTPURL/below(_:)`` puts in front of a path.
    fileprivate var prefixCount: Int { base.below("/").target.utf8.count - 1 }
}

/// The next page of a list, by the header `Link`.
///
/// <https://www.rfc-editor.org/rfc/rfc8288#section-3>
enum NextPage: Equatable {
    case none
    /// Path and query, on the same server and below the same path as the page before.
    case target(String)
    /// At another server or path, or unreadable: no credential goes there.
    case elsewhere

    init(_ header: String, of page: HTTPURL) {
        var rest = Array(header.utf8)[...]
        self = .none
        while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
            let target = String(decoding: rest[(start + 1)...].prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self)
            rest = rest[(start + 1)...]
            // Without its end, what follows may be parameters.
            if rest.contains(UInt8(ascii: ">")) { rest = rest.drop { $0 != UInt8(ascii: ">") } }
            let parameters = rest.prefix { $0 != UInt8(ascii: "<") }
            // What could mean a next page and is not understood ends the list with an error, never early.
            guard parameters.span.holds("next", ignoringCase: true) else { continue }
            let url = target.utf8.first == ASCII.slash ? HTTPURL("\(page.origin)\(target)") : HTTPURL(target)
            guard let url, url.origin == page.origin, Self.path(url) == Self.path(page) else {
                self = .elsewhere
                return
            }
            self = .target(url.target)
            return
        }
    }

    private static func path(_ url: HTTPURL) -> [UInt8] { Array(url.target.utf8.prefix { $0 != UInt8(ascii: "?") }) }
}
