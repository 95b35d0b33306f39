/// A path of the Hub with places for names.
///
/// | part | what it stands for |
/// | --- | --- |
/// | `K` | `models`, `datasets`, `spaces` or `kernels` |
/// | `R` | an owner and a name; at the beginning of a path also with `datasets`, `spaces` or `kernels` before them |
/// | `R.git` | the same, and the name may end in `.git` once |
/// | `NS` | a user or an organization |
/// | `WORD` | a part of letters, digits, `.`, `_` and `-` |
/// | `COMMIT` | the forty hexadecimal digits of a commit |
/// | `REV` | a revision: one part, in which a slash is `%2F` |
/// | `PATH` | one part or more, without an encoded slash |
/// | `ANY` | no part or more |
/// | other | itself |
package struct RoutePattern: Sendable {
    private let parts: [Part]
    /// What stands for itself, at its place; nothing at the others.
    private let words: [[UInt8]]
    private let kind: Resource.Kind
    private let leastCount: Int
    /// Whether a path may have more parts than that.
    private let isOpen: Bool

    private enum Part: Sendable {
        case literal, owner, name, nameForGit, namespace, word, commit, revision, path, any
        /// The place of owner and name, with a name alone.
        case ownerless
    }

    /// What comes of a comparison.
    enum Match {
        case no
        /// The path fits, and its resource is the one that it names, or nil if it names none.
        case fits(Resource?)
        /// The path fits, and a part of it is not what may stand there.
        case faulty(HubRoute.Refusal)
    }

    /// What tells most parts of a path apart at one glance: its place, its length and its first six bytes.
    ///
    /// Every request asks for several of them. Two parts with one mark may still differ.
    struct Mark: Hashable, Sendable {
        private let number: UInt64

        init(of part: ArraySlice<UInt8>, at place: Int) {
            number = part.indices.prefix(6).reduce(UInt64(place & 0xFF) << 8 | UInt64(part.count & 0xFF)) {
                $0 << 8 | UInt64(part[$1])
            }
        }
    }

    /// Where the last part stands that stands for itself, or nil if none does.
    var lastPlace: Int? { words.lastIndex { !$0.isEmpty } }

    /// The mark of the last part that stands for itself, or nil if none does.
    var mark: Mark? { lastPlace.map { Mark(of: words[$0][...], at: $0) } }

    /// Returns a pattern for each spelling of `path` that the Hub knows, and for each without an owner.
    static func all(_ path: String) -> [RoutePattern] {
        let words = path.utf8.dropFirst().split(separator: ASCII.slash).map { String(decoding: $0, as: UTF8.self) }
        let beginsWithRepository = words.first.map { $0 == "R" || $0 == "R.git" } ?? false
        var spellings = [words]
        if beginsWithRepository { spellings += prefixes.map { [$0] + words } }
        if let place = words.firstIndex(of: "K") {
            spellings = (["models"] + prefixes).map { kind in
                words.enumerated().map { $0 == place ? kind : $1 }
            }
        }
        let hasRepository = words.contains { $0 == "R" || $0 == "R.git" }
        return spellings.flatMap { spelling in
            [RoutePattern(spelling, isOwnerless: false)]
                + (hasRepository ? [RoutePattern(spelling, isOwnerless: true)] : [])
        }
    }

    private static let prefixes = ["datasets", "spaces", "kernels"]

    private init(_ words: [String], isOwnerless: Bool) {
        let all = words.flatMap { word -> [(part: Part, word: [UInt8])] in
            switch word {
            case "R": isOwnerless ? [(.ownerless, [])] : [(.owner, []), (.name, [])]
            case "R.git": isOwnerless ? [(.ownerless, [])] : [(.owner, []), (.nameForGit, [])]
            case "NS": [(.namespace, [])]
            case "WORD": [(.word, [])]
            case "COMMIT": [(.commit, [])]
            case "REV": [(.revision, [])]
            case "PATH": [(.path, [])]
            case "ANY": [(.any, [])]
            default: [(.literal, Array(word.utf8))]
            }
        }
        parts = all.map(\.part)
        self.words = all.map(\.word)
        isOpen = words.last == "PATH" || words.last == "ANY"
        leastCount = parts.count - (words.last == "ANY" ? 1 : 0)
        let place = words.firstIndex { $0 == "R" || $0 == "R.git" } ?? 0
        let before = place > 0 ? words[place - 1] : ""
        kind = Resource.Kind.allCases.first { $0.prefix == before } ?? .model
    }

    /// Compares the parts of a path with the pattern.
    func match(_ segments: [ArraySlice<UInt8>]) -> Match {
        guard hasWords(of: segments), hasForms(of: segments) else { return .no }
        var (owner, name) = (ArraySlice<UInt8>(), ArraySlice<UInt8>())
        var isNamespace = false
        for (part, segment) in zip(parts, segments) {
            switch part {
            case .literal, .word, .commit, .revision, .any: continue
            case .ownerless:
                return .faulty(HubRoute.Refusal(.repositoryUnclear, "names a repository without its owner"))
            case .owner, .namespace:
                owner = segment
                if case .namespace = part { isNamespace = true }
            case .name: name = segment
            case .nameForGit: name = segment.beforeGitEnding ?? segment
            case .path:
                let rest = segments[(parts.count - 1)...]
                if rest.contains(where: \.holdsEncodedSlash) {
                    return .faulty(HubRoute.Refusal(.repositoryUnclear, "has a slash percent-encoded in a file's path"))
                }
            }
        }
        guard !owner.isEmpty else { return .fits(nil) }
        let resource = Resource(isNamespace ? .user : kind, owner: owner, name: name)
        guard let resource, !owner.endsAsNoName, !name.endsAsNoName else {
            return .faulty(HubRoute.Refusal(.repositoryUnclear, "names a repository that nobody can have"))
        }
        return .fits(resource)
    }

    /// Whether a path has as many parts as the pattern, and its words where the pattern has them.
    private func hasWords(of segments: [ArraySlice<UInt8>]) -> Bool {
        guard isOpen ? segments.count >= leastCount : segments.count == leastCount else { return false }
        return parts.indices.allSatisfy { parts[$0] != .literal || segments[$0].elementsEqual(words[$0]) }
    }

    /// Whether the parts of a path that are neither words nor names look as they must.
    private func hasForms(of segments: [ArraySlice<UInt8>]) -> Bool {
        // `ANY` may stand for no part.
        (0..<min(parts.count, segments.count)).allSatisfy { index in
            switch parts[index] {
            case .word: segments[index].isPlainWord
            case .commit: segments[index].isCommit
            case .owner, .namespace: !Self.isNoOwner(segments[index])
            case .literal, .name, .nameForGit, .ownerless, .revision, .path, .any: true
            }
        }
    }

    /// Whether the Hub has pages of its own there, so that no user can have the name.
    private static func isNoOwner(_ segment: ArraySlice<UInt8>) -> Bool {
        noOwners[Mark(of: segment, at: 0)]?.contains { segment.elementsEqual($0) } ?? false
    }

    private static let noOwners = Dictionary(
        grouping: (Resource.pages + Resource.Kind.allCases.compactMap(\.prefix)).map { Array($0.utf8) },
        by: { Mark(of: $0[...], at: 0) })
}

extension ArraySlice where Element == UInt8 {
    fileprivate var isPlainWord: Bool { allSatisfy(\.isOfName) }

    /// Whether a server may cut off the end: a dot, or the ending of a URL for git.
    fileprivate var endsAsNoName: Bool { last == ASCII.dot || hasGitEnding }

    fileprivate var isCommit: Bool {
        count == 40 && allSatisfy { $0.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }

    /// Whether `%2F` stands here; a canonical target has no other spelling of it.
    fileprivate var holdsEncodedSlash: Bool {
        contains(ASCII.percent) && indices.contains { self[$0...].starts(with: "%2F".utf8) }
    }
}
