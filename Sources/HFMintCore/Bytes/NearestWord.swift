/// The one of `words` that is a slip of the keyboard away from `typed`, if there is one.
package func nearestWord(to typed: String, among words: [String]) -> String? {
    let near = words.map { (word: $0, distance: editDistance(typed, $0)) }.min { $0.distance < $1.distance }
    guard let near, near.distance <= max(1, min(3, typed.utf8.count / 3)) else { return nil }
    return near.word
}

/// How many bytes must be put in, taken out or changed to make one text the other (Levenshtein).
private func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (leftIndex, leftByte) in left.utf8.prefix(256).enumerated() {
        var diagonal = row[0]
        row[0] = leftIndex + 1
        for (index, rightByte) in right.enumerated() {
            let change = diagonal + (leftByte == rightByte ? 0 : 1)
            diagonal = row[index + 1]
            row[index + 1] = min(change, diagonal + 1, row[index] + 1)
        }
    }
    return row[right.count]
}
