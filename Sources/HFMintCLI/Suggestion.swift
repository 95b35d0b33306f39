internal import HFMintCore

/// "did you mean '…'?", if one of `words` is a slip of the keyboard away from `typed`.
func didYouMean(_ typed: String, among words: [String]) -> String? {
    nearestWord(to: typed, among: words).map { "did you mean '\($0)'?" }
}
