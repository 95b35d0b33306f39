/// Returns the words for a message: the first 20 with commas between them, and how many more there are.
package func listed(_ words: [String]) -> String {
    let rest = words.count > 20 ? " and \(words.count - 20) more" : ""
    return words.prefix(20).joined(separator: ", ") + rest
}
