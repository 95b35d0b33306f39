/// What the claims of a provider's ID tokens mean, as far as the author of a grant can misread them.
///
/// Each provider says it in its own value; ``AccessConcern`` holds grants against it.
package struct ProviderClaims: Sendable {
    /// The issuers of its ID tokens, with `*` where anything may stand.
    var issuers: [String] = []
    /// Claims by which a grant for somebody's own server is recognised as one for this provider.
    var marks: [String] = []
    /// Claims that say whose job it is: without any of them, everybody at the issuer is meant.
    var owners: [String] = []
    /// Claims that all jobs of a repository, an owner or an instance share: alone they let every branch in.
    var shared: [String] = []
    /// Claims that may be shown, as they name no person.
    var shown: [String] = []
    /// Claims that a job has only where its CI file says so: `NAME: VALUE`.
    var declared: [String] = []
    var events: OpenEvents?
    var openings: [Opening] = []
    var names: [Name] = []
    var workflows: WorkflowClaims?
    var subject: Subject?
    /// How the refs begin of changes that others propose, and what such a change is called.
    var proposals: (start: String, noun: String)?
    /// What an ID token of this provider never says, for grants that name one of its ``issuers``.
    var impossibilities: @Sendable (Lookup) -> [String] = { _ in [] }

    /// The value of a claim that a grant or an ID token names.
    typealias Lookup = (_ claim: String) -> String?

    /// Events that anybody can cause, although what they start runs with the rights of the project.
    ///
    /// `exchange` and the concerns about a manifest read the same list.
    struct OpenEvents: Sendable {
        /// The claim that says which event it was.
        let claim: String
        /// Open whatever else is so.
        let always: [String]
        /// Open to forks, which the job can see and the claim does not say.
        let perhaps: [String]

        func isOpen(_ event: String) -> Bool { (always + perhaps).contains { $0.utf8.elementsEqual(event.utf8) } }
    }

    /// A claim that means more than it seems to, unless another stands beside it.
    struct Opening: Sendable {
        let claim: String
        /// Whether this value of it does.
        var isOpen: @Sendable (String) -> Bool = { _ in true }
        /// Claims of which one must stand beside it, or it is another reason's business; empty for none.
        var amid: [String] = []
        let closedBy: [Companion]
        /// Of its value; a clause, with what to add.
        let reason: @Sendable (String) -> String

        func reason(in grant: Lookup) -> String? {
            guard let value = grant(claim), isOpen(value), amid.isEmpty || amid.contains(where: { grant($0) != nil }),
                !closedBy.contains(where: { $0.stands(in: grant) })
            else {
                return nil
            }
            return reason(value)
        }
    }

    /// A claim with any value, or with one that fits.
    struct Companion: Sendable, ExpressibleByStringLiteral {
        let claim: String
        let fits: @Sendable (String) -> Bool

        init(_ claim: String, where fits: @escaping @Sendable (String) -> Bool) {
            self.claim = claim
            self.fits = fits
        }

        init(stringLiteral claim: String) { self.init(claim) { _ in true } }

        static func yes(_ claim: String) -> Companion { Companion(claim) { $0.utf8.elementsEqual("true".utf8) } }

        /// A claim that holds this part.
        static func part(_ part: String, of claim: String) -> Companion { Companion(claim) { $0.hasPart(part) } }

        func stands(in grant: Lookup) -> Bool { grant(claim).map(fits) ?? false }
    }

    /// A name that somebody else may have after a rename, and what never changes hands.
    struct Name: Sendable {
        let claim: String
        let numbers: [String]
        /// Whether this value of it holds such a name.
        let isName: @Sendable (String) -> Bool

        init(_ claim: String, _ numbers: String..., where isName: @escaping @Sendable (String) -> Bool = { _ in true })
        {
            self.claim = claim
            self.numbers = numbers
            self.isName = isName
        }
    }
}

extension ProviderClaims {
    /// The claims that name the file of the workflow which was started, and of the one that holds the job.
    struct WorkflowClaims: Sendable {
        let caller: String
        let callee: String
        /// The file's name in the value of either.
        let file: @Sendable (String) -> String?
    }

    /// How `sub` names the repository.
    enum SubjectForm: Equatable, Sendable {
        /// With numbers, which no rename changes.
        case numbered
        /// By its name.
        case named
        /// In a form that the repository's settings made.
        case custom
    }

    struct Subject: Sendable {
        let form: @Sendable (Lookup) -> SubjectForm?
        /// Why a job's `sub` is not `pinned`, and what to pin instead; `nil` where nothing stands out.
        let remedy: @Sendable (_ pinned: String, Lookup) -> String?
    }

    /// Of a claim that says by a name, and nothing narrower, whose job it is: that name.
    func place(_ claim: String) -> Name? {
        let isPlace = owners.contains(claim) && shared.contains(claim)
        return isPlace ? names.first { $0.claim.utf8.elementsEqual(claim.utf8) } : nil
    }

    func issues(_ issuer: String) -> Bool { issuers.contains { Self.matches(issuer, $0) } }

    /// - Parameter pattern: with at most one `*`, where anything may stand.
    static func matches(_ text: String, _ pattern: String) -> Bool {
        let parts = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
        guard parts.count == 2 else { return text.utf8.elementsEqual(pattern.utf8) }
        return text.utf8.count > parts[0].count + parts[1].count && text.utf8.starts(with: parts[0])
            && text.utf8.suffix(parts[1].count).elementsEqual(parts[1])
    }

    /// What is known of a grant or an ID token: by its issuer, else by the claims that it names, else by nothing.
    ///
    /// Of providers that share marks, the first of ``allProviders`` speaks.
    static func known(issuer: String, _ value: Lookup) -> (claims: ProviderClaims, isItsIssuer: Bool) {
        if let own = allProviders.first(where: { $0.claims.issues(issuer) }) { return (own.claims, true) }
        let marked = allProviders.first { provider in provider.claims.marks.contains { value($0) != nil } }
        return (marked?.claims ?? ProviderClaims(), false)
    }

    /// What no ID token says: of a number anything but digits, of a word another than the known ones.
    static func misspelt(_ grant: Lookup, numbers: [String], words: [(claim: String, known: [String])]) -> [String] {
        let ofNumbers = numbers.compactMap { claim -> String? in
            guard let value = grant(claim), !value.utf8.allSatisfy({ $0.isASCIIDigit }) else { return nil }
            return "'\(claim)' is a number, and '\(value)' is none"
        }
        return ofNumbers
            + words.compactMap { claim, known in
                guard let value = grant(claim), !known.contains(where: { $0.utf8.elementsEqual(value.utf8) }) else {
                    return nil
                }
                return "'\(claim)' is '\(known.joined(separator: "' or '"))', never '\(value)'"
            }
    }

    static let yesOrNo = ["true", "false"]
    static let branchOrTag = ["branch", "tag"]

    /// Of issuers that nothing is known of: names that git has for branches and tags alike, and what those providers say
    /// whose issuers are anybody's.
    static let ofAnybody: [Opening] =
        ["ref", "ref_name", "git_ref", "branch", "branch_name"].map { claim in
            Opening(
                claim: claim, isOpen: { !$0.hasStart("refs/") }, closedBy: ["ref_type", "ref_path"],
                reason: { "'\(claim)' may be a branch or a tag of the name '\($0)': add a claim that says which" })
        } + allProviders.map(\.claims).filter { $0.issuers.isEmpty && $0.marks.isEmpty }.flatMap(\.openings)

    /// Claims that are another in every ID token, whoever issues it.
    static let changing = ["exp", "iat", "nbf", "jti"]
}

extension String {
    func hasStart(_ start: String) -> Bool { utf8.starts(with: start.utf8) }

    /// What stands behind `start`; `nil` where it begins with something else.
    func after(_ start: String) -> String? {
        hasStart(start) ? String(decoding: utf8.dropFirst(start.utf8.count), as: UTF8.self) : nil
    }

    func hasEnd(_ end: String) -> Bool { utf8.suffix(end.utf8.count).elementsEqual(end.utf8) }

    /// Whether `part` stands somewhere in it, byte by byte.
    func hasPart(_ part: String) -> Bool {
        let (bytes, wanted) = (Array(utf8), Array(part.utf8))
        guard bytes.count >= wanted.count else { return false }
        return (0...bytes.count - wanted.count).contains { bytes[$0...].starts(with: wanted) }
    }
}
