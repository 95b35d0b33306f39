/// The grants of a manifest, in a layout that compares one ID token with all of them in one pass.
struct GrantTable: Sendable {
    /// The index of each grant's role, or -1 if there is no such role.
    let roles: [Int]
    private let issuers: [Int]
    /// Where each grant's claims begin in ``names`` and ``values``; a last element is the end of both.
    private let starts: [Int]
    private let names: [Int]
    private let values: [[UInt8]]
    let knownIssuers: [[UInt8]]
    private let knownNames: [[UInt8]]

    init(_ grants: [Grant], roles: [[UInt8]: Int]) {
        var (issuers, names) = (NumberedTexts(), NumberedTexts())
        self.roles = grants.map { roles[Array($0.role.utf8)] ?? -1 }
        self.issuers = grants.map { issuers.number(of: $0.issuer) }
        starts = grants.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.claims.count) }
        let claims = grants.flatMap(\.claims)
        self.names = claims.map { names.number(of: $0.name) }
        values = claims.map(\.value)
        knownIssuers = issuers.list
        knownNames = names.list
    }

    /// Calls `each` with the distance of every grant whose role is a candidate.
    ///
    /// The distance is the number of claims that differ, so 0 for a grant that fits. A grant for another issuer is
    /// further away than any for this one.
    func distances(to claims: DecodedClaims, where isCandidate: [Bool], each: (_ grant: Int, _ distance: Int) -> Void) {
        let isIssuer = knownIssuers.map { claims.isFrom($0) }
        let found = knownNames.map { claims.text($0) }
        for grant in issuers.indices {
            guard roles[grant] >= 0, isCandidate[roles[grant]] else { continue }
            var distance = isIssuer[issuers[grant]] ? 0 : 1 << 20
            for index in starts[grant]..<starts[grant + 1] where found[names[index]] != values[index] { distance += 1 }
            each(grant, distance)
        }
    }
}

/// Texts, each with a number in the order of their first appearance.
private struct NumberedTexts {
    private var numbers: [[UInt8]: Int] = [:]
    private(set) var list: [[UInt8]] = []

    mutating func number(of text: [UInt8]) -> Int {
        if let number = numbers[text] { return number }
        numbers[text] = list.count
        list.append(text)
        return list.count - 1
    }
}
