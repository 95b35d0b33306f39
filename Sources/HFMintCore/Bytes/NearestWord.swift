/// The one of `words` that is a slip of the keyboard away from `typed`, if there is one.
package func nearestWord(to typed: String, among words: [String]) -> String? {
    let typed = Array(typed.utf8.prefix(256))
    let most = max(1, min(3, typed.count / 3))
    var nearest: (word: String, distance: Int)?
    for word in words {
        // Only a nearer one is of use, so that most words are out after a look at their length.
        let limit = nearest.map { $0.distance - 1 } ?? most
        guard let distance = editDistance(typed, word, atMost: limit) else { continue }
        nearest = (word, distance)
        if distance == 0 { break }
    }
    return nearest?.word
}

/// How many bytes must be put in, taken out or changed to make one text the other (Levenshtein); `nil` where that is
/// more than `limit`, which is found in a time that grows with the shorter one alone.
private func editDistance(_ left: [UInt8], _ right: String, atMost limit: Int) -> Int? {
    guard abs(left.count - right.utf8.count) <= limit else { return nil }
    let right = Array(right.utf8)
    let tooFar = limit + 1
    // Of each row only the columns beside its own place can hold what is not too far.
    var row = (0...right.count).map { min($0, tooFar) }
    for (index, byte) in left.enumerated() {
        var column = max(1, index + 1 - limit)
        let last = min(right.count, index + 1 + limit)
        var diagonal = row[column - 1]
        row[column - 1] = column == 1 ? min(index + 1, tooFar) : tooFar
        var least = row[column - 1]
        while column <= last {
            let change = diagonal + (byte == right[column - 1] ? 0 : 1)
            diagonal = row[column]
            row[column] = min(change, diagonal + 1, row[column - 1] + 1, tooFar)
            least = min(least, row[column])
            column += 1
        }
        guard least < tooFar else { return nil }
    }
    return row[right.count] < tooFar ? row[right.count] : nil
}
