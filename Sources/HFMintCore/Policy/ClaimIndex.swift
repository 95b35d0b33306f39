/// An index of sets of claims, which finds those that another set contains without a look at each of them.
struct ClaimIndex {
    private let sets: [[Grant.Claim]]
    /// The indices of the sets, in order, by each set's rarest claim.
    private var buckets: [Grant.Claim: [Int]] = [:]

    init(_ sets: [[Grant.Claim]]) {
        self.sets = sets
        var counts: [Grant.Claim: Int] = [:]
        for claim in sets.joined() { counts[claim, default: 0] += 1 }
        for (index, set) in sets.enumerated() {
            guard let rarest = set.min(by: { counts[$0, default: 0] < counts[$1, default: 0] }) else { continue }
            buckets[rarest, default: []].append(index)
        }
    }

    /// Returns the index of the first set that `claims` contains and that passes `test`, or nil.
    func firstSubset(of claims: [Grant.Claim], where test: (Int) -> Bool) -> Int? {
        var found: Int?
        let all = Set(claims)
        for claim in all {
            for index in buckets[claim] ?? [] {
                if let found, found <= index { break }
                if test(index), sets[index].allSatisfy(all.contains) { found = index }
            }
        }
        return found
    }
}
