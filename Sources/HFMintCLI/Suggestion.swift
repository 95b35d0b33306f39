internal import HFMintCore

/// Returns "did you mean '…'?" if `typed` is a misspelling of one of `words`, or nil; case does not count.
func didYouMean(_ typed: String, among words: [String]) -> String? {
    let lowercased = String(decoding: typed.utf8.map(\.asciiLowercased), as: UTF8.self)
    return nearestWord(to: lowercased, among: words).map { "did you mean '\($0)'?" }
}
