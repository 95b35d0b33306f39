/// Returns "did you mean '…'?" with the word of `words` that `typed` misspells, or nil if there is none.
///
/// - Parameter ignoringCase: whether `typed` is compared in lower case.
package func didYouMean(_ typed: String, among words: [String], ignoringCase: Bool = false) -> String? {
    nearestWord(to: ignoringCase ? typed.asciiLowercased : typed, among: words).map { didYouMean($0) }
}

func didYouMean(_ word: String) -> String { "did you mean '\(word)'?" }

/// Returns the word that is nearest to `typed`, or nil if none differs by only a few bytes.
package func nearestWord(to typed: String, among words: [String]) -> String? {
    let typed = Array(typed.utf8.prefix(256))
    let most = max(1, min(3, typed.count / 3))
    var nearest: (word: String, distance: Int)?
    for word in words {
        // Only a nearer word is searched for, so that most words are ruled out by their length.
        let limit = nearest.map { $0.distance - 1 } ?? most
        guard let distance = editDistance(typed, word, atMost: limit) else { continue }
        nearest = (word, distance)
        if distance == 0 { break }
    }
    return nearest?.word
}

/// Returns the number of insertions, removals and changes between two texts (Levenshtein), or nil beyond `limit`.
///
/// For a given `limit`, the time grows linearly with the length.
private func editDistance(_ left: [UInt8], _ right: String, atMost limit: Int) -> Int? {
    guard abs(left.count - right.utf8.count) <= limit else { return nil }
    let right = Array(right.utf8)
    let tooFar = limit + 1
    // In each row only the columns near the diagonal can be within the limit.
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
