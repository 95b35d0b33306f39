/// Many sets of claims, among which those that another set contains are found without a look at all of them.
struct ClaimIndex {
    private let sets: [[Grant.Claim]]
    /// By its rarest claim, the places of each set, in order.
    private var buckets: [Grant.Claim: [Int]] = [:]

    init(_ sets: [[Grant.Claim]]) {
        self.sets = sets
        var counts: [Grant.Claim: Int] = [:]
        for claim in sets.joined() { counts[claim, default: 0] += 1 }
        for (place, set) in sets.enumerated() {
            guard let rarest = set.min(by: { counts[$0, default: 0] < counts[$1, default: 0] }) else { continue }
            buckets[rarest, default: []].append(place)
        }
    }

    /// The first set that `claims` contains, and that passes `test`.
    func firstSubset(of claims: [Grant.Claim], where test: (Int) -> Bool) -> Int? {
        var found: Int?
        let all = Set(claims)
        for claim in all {
            for place in buckets[claim] ?? [] {
                if let found, found <= place { break }
                if test(place), sets[place].allSatisfy(all.contains) { found = place }
            }
        }
        return found
    }
}
