/// The meaning of a provider's claims, as far as the author of a grant can misread them.
///
/// Each provider declares it in its own value, and grants are compared with it.
package struct ProviderClaims: Sendable {
    /// The issuers of its ID tokens; `*` stands for any text.
    var issuers: [String] = []
    /// Claims that show this provider in a grant for a self-hosted server.
    var recognisingClaims: [String] = []
    /// Claims that say whose job it is: a grant without any of them means everybody at the issuer.
    var owners: [String] = []
    /// Claims that all jobs of a repository, an owner or a server share: a grant of these alone lets every branch in.
    var shared: [String] = []
    /// Claims that may be shown, because they name no person.
    var shown: [String] = []
    /// Claims that a job has only if its CI file says `NAME: VALUE`.
    var declared: [String] = []
    var events: OpenEvents?
    var looseClaims: [LooseClaim] = []
    var renameableClaims: [RenameableClaim] = []
    var workflows: WorkflowClaims?
    var subject: Subject?
    /// The beginning of the refs of proposed changes, and what the provider calls such a change.
    var proposals: (start: String, noun: String)?
    /// Returns why no ID token of this provider fits a grant that names one of its ``issuers``, as clauses.
    var impossibilities: @Sendable (Lookup) -> [String] = { _ in [] }

    /// Returns the value of a claim in a grant or in an ID token, or nil.
    typealias Lookup = (_ claim: String) -> String?

    /// Events that anybody can cause, and that start jobs with the rights of the project.
    ///
    /// `exchange` and the concerns about a manifest read the same list.
    struct OpenEvents: Sendable {
        /// The claim that names the event.
        let claim: String
        /// Events that are open in every case.
        let always: [String]
        /// Events that are open to forks; the claim does not name a fork, but the job can see it.
        let perhaps: [String]

        func isOpen(_ event: String) -> Bool { (always + perhaps).contains { $0.utf8.elementsEqual(event.utf8) } }
    }

    /// A claim that lets in more jobs than its author may expect, unless another claim stands beside it.
    struct LooseClaim: Sendable {
        let claim: String
        /// Returns whether this value of the claim does so.
        var isOpen: @Sendable (String) -> Bool = { _ in true }
        /// The claim counts as loose only if the grant has one of these; empty if it always counts.
        var onlyWith: [String] = []
        let closedBy: [Companion]
        /// Returns the reason for a value: a clause, with what to add.
        let reason: @Sendable (String) -> String

        /// Returns the reason if `grant` is open in this way, or nil.
        func reason(in grant: Lookup) -> String? {
            guard let value = grant(claim), isOpen(value),
                onlyWith.isEmpty || onlyWith.contains(where: { grant($0) != nil }),
                !closedBy.contains(where: { $0.stands(in: grant) })
            else { return nil }
            return reason(value)
        }
    }

    /// A claim beside another, with any value or with one that fits.
    struct Companion: Sendable, ExpressibleByStringLiteral {
        let claim: String
        let fits: @Sendable (String) -> Bool

        init(_ claim: String, where fits: @escaping @Sendable (String) -> Bool) {
            self.claim = claim
            self.fits = fits
        }

        init(stringLiteral claim: String) { self.init(claim) { _ in true } }

        static func yes(_ claim: String) -> Companion { Companion(claim) { $0.utf8.elementsEqual("true".utf8) } }

        /// Returns a companion whose value contains `part`.
        static func part(_ part: String, of claim: String) -> Companion { Companion(claim) { $0.hasPart(part) } }

        func stands(in grant: Lookup) -> Bool { grant(claim).map(fits) ?? false }
    }

    /// A claim that holds a name, which others may take after a rename, and the claims that never change hands.
    struct RenameableClaim: Sendable {
        let claim: String
        let numbers: [String]
        /// Returns whether this value of the claim holds such a name.
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
    /// The claims that name the workflow that was started (the caller), and the one that holds the job (the callee).
    struct WorkflowClaims: Sendable {
        let caller: String
        let callee: String
        /// Returns the name of the file in the value of either claim.
        let file: @Sendable (String) -> String?
    }

    /// The form in which `sub` names the repository.
    enum SubjectForm: Equatable, Sendable {
        /// With numbers, which stay the same after a rename.
        case numbered
        /// By its name.
        case named
        /// In a form from the settings of the repository.
        case custom
    }

    /// The forms of `sub` at a provider.
    struct Subject: Sendable {
        let form: @Sendable (Lookup) -> SubjectForm?
        /// Returns why the `sub` of a job differs from `pinned`, and what to pin instead; nil if nothing shows it.
        let remedy: @Sendable (_ pinned: String, Lookup) -> String?
    }

    /// Returns the name in `claim` if the claim names an owner and nothing narrower, or nil.
    func ownerName(_ claim: String) -> RenameableClaim? {
        let isOwner = owners.contains(claim) && shared.contains(claim)
        return isOwner ? renameableClaims.first { $0.claim.utf8.elementsEqual(claim.utf8) } : nil
    }

    func issues(_ issuer: String) -> Bool { issuers.contains { Self.matches(issuer, $0) } }

    /// Returns whether `text` fits `pattern`, in which one `*` may stand for any text.
    static func matches(_ text: String, _ pattern: String) -> Bool {
        let parts = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
        guard parts.count == 2 else { return text.utf8.elementsEqual(pattern.utf8) }
        return text.utf8.count > parts[0].count + parts[1].count && text.utf8.starts(with: parts[0])
            && text.utf8.suffix(parts[1].count).elementsEqual(parts[1])
    }

    /// Finds what is known of a grant or an ID token, by its issuer or else by the claims that it has.
    ///
    /// If providers share them, the first of ``allProviders`` counts.
    static func known(issuer: String, _ value: Lookup) -> (claims: ProviderClaims, isItsIssuer: Bool) {
        if let own = allProviders.first(where: { $0.claims.issues(issuer) }) { return (own.claims, true) }
        let marked = allProviders.first { provider in provider.claims.recognisingClaims.contains { value($0) != nil } }
        return (marked?.claims ?? ProviderClaims(), false)
    }

    /// Returns complaints about numbers with anything but digits, and about words that are not known.
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

    /// The loose claims at an unknown issuer.
    ///
    /// They are names that may be a branch or a tag, and the loose claims of providers that have no issuer of their own.
    static let ofAnybody: [LooseClaim] =
        ["ref", "ref_name", "git_ref", "branch", "branch_name"].map { claim in
            LooseClaim(
                claim: claim, isOpen: { !$0.hasStart("refs/") }, closedBy: ["ref_type", "ref_path"],
                reason: { "'\(claim)' may be a branch or a tag of the name '\($0)': add a claim that says which" })
        }
        + allProviders.map(\.claims).filter { $0.issuers.isEmpty && $0.recognisingClaims.isEmpty }.flatMap(
            \.looseClaims)

    /// Claims that differ in every ID token, at any issuer.
    static let changing = ["exp", "iat", "nbf", "jti"]
}

extension String {
    func hasStart(_ start: String) -> Bool { utf8.starts(with: start.utf8) }

    /// Returns the text behind `start`, or nil if the text begins with something else.
    func after(_ start: String) -> String? {
        hasStart(start) ? String(decoding: utf8.dropFirst(start.utf8.count), as: UTF8.self) : nil
    }

    func hasEnd(_ end: String) -> Bool { utf8.suffix(end.utf8.count).elementsEqual(end.utf8) }

    /// Returns whether the text contains `part`, byte by byte.
    func hasPart(_ part: String) -> Bool { Array(utf8).span.holds(part) }
}
