/// A claim that admits more jobs than the author of a grant may expect.
struct LooseClaim: Sendable {
    let claim: String
    /// Returns whether a grant with this value of the claim is too wide.
    var isOpen: @Sendable (String) -> Bool = { _ in true }
    /// The claim is loose only if the grant names one of these too; if there are none, it always is.
    var onlyWith: [String] = []
    /// The claim is not loose if the grant names one of these too.
    var closedBy: [Companion] = []
    /// Returns why the grant is too wide: a clause, with what to add.
    let reason: @Sendable (String) -> String

    func reason(in grant: ProviderClaims.Lookup) -> String? {
        guard let value = grant(claim), isOpen(value),
            onlyWith.isEmpty || onlyWith.contains(where: { grant($0) != nil }),
            !closedBy.contains(where: { $0.stands(in: grant) })
        else { return nil }
        return reason(value)
    }

    /// Another claim of a grant, with any value or only with a fitting one.
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

        func stands(in grant: ProviderClaims.Lookup) -> Bool { grant(claim).map(fits) ?? false }
    }
}

/// A claim that holds a name, which others can take after a rename.
struct RenameableClaim: Sendable {
    let claim: String
    /// The claims that identify the same thing by a number, which nobody else can get.
    let numbers: [String]
    /// Returns whether this value of the claim holds such a name.
    let isName: @Sendable (String) -> Bool

    init(_ claim: String, _ numbers: String..., where isName: @escaping @Sendable (String) -> Bool = { _ in true }) {
        self.claim = claim
        self.numbers = numbers
        self.isName = isName
    }
}
