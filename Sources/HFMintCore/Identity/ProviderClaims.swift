/// The meaning of a provider's claims, by which mistakes in a grant are found.
package struct ProviderClaims: Sendable {
    /// The issuers of its ID tokens; `*` stands for any text.
    var issuers: [String] = []
    /// Claims by which a grant for a self-hosted server shows that it means this provider.
    var recognisingClaims: [String] = []
    /// Claims that say whose job it is, so that a grant without them admits every job of the issuer.
    var owners: [String] = []
    /// Claims that all jobs of a repository, an owner or a server share, so that they alone admit every branch.
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
    /// How the ref of a proposed change begins, and what the provider calls such a change.
    var proposals: (start: String, noun: String)?
    /// Returns why no ID token of this provider can fit a grant, as clauses.
    var impossibilities: @Sendable (Lookup) -> [String] = { _ in [] }

    /// Returns the value of a claim in a grant or in an ID token, or nil.
    typealias Lookup = (_ claim: String) -> String?

    /// Events that anybody can cause, and that start jobs with the rights of the project.
    struct OpenEvents: Sendable {
        let claim: String
        /// Events that anybody can cause in every case.
        let always: [String]
        /// Events that anybody can cause from a fork, which no claim shows, and which the job itself can find out.
        let perhaps: [String]

        func isOpen(_ event: String) -> Bool { (always + perhaps).contains { $0.utf8.elementsEqual(event.utf8) } }
    }

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
        /// In a form that the settings of the repository define.
        case custom
    }

    /// The forms of `sub` at a provider.
    struct Subject: Sendable {
        let form: @Sendable (Lookup) -> SubjectForm?
        /// Returns why the `sub` of a job differs from `pinned`, and what to pin instead; nil if nothing shows it.
        let remedy: @Sendable (_ pinned: String, Lookup) -> String?
    }

    /// Returns the declaration of `claim` if the claim holds the name of an owner and nothing narrower, or nil.
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

    /// Finds the provider that a grant or an ID token means, by its issuer or else by its claims.
    ///
    /// If several providers fit, the first of ``allProviders`` counts.
    static func known(issuer: String, _ value: Lookup) -> (claims: ProviderClaims, isItsIssuer: Bool) {
        if let own = allProviders.first(where: { $0.claims.issues(issuer) }) { return (own.claims, true) }
        let marked = allProviders.first { provider in provider.claims.recognisingClaims.contains { value($0) != nil } }
        return (marked?.claims ?? ProviderClaims(), false)
    }

    /// Returns complaints about `numbers` that hold anything but digits, and about `words` that are not known ones.
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

    /// The loose claims at an unknown issuer: names of branches or tags, and those of providers without an issuer.
    static let looseAtUnknownIssuer: [LooseClaim] =
        ["ref", "ref_name", "git_ref", "branch", "branch_name"].map { claim in
            LooseClaim(claim: claim, isOpen: { !$0.hasStart("refs/") }, closedBy: ["ref_type", "ref_path"]) {
                "'\(claim)' may be a branch or a tag of the name '\($0)': add a claim that says which"
            }
        }
        + allProviders.map(\.claims).filter { $0.issuers.isEmpty && $0.recognisingClaims.isEmpty }.flatMap(
            \.looseClaims)

    /// Claims that differ in every ID token, at any issuer.
    static let changing = ["exp", "iat", "nbf", "jti"]
}
