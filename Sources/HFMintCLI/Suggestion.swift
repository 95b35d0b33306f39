internal import HFMintCore

/// "did you mean '…'?", if one of `words` is a slip of the keyboard away from `typed`, or of the shift key.
func didYouMean(_ typed: String, among words: [String]) -> String? {
    let lowercased = String(decoding: typed.utf8.map(\.asciiLowercased), as: UTF8.self)
    return nearestWord(to: lowercased, among: words).map { "did you mean '\($0)'?" }
}
