extension String {
    /// Returns the text with each scalar of `escapes` replaced, even before a combining character.
    func escaped(_ escapes: [Unicode.Scalar: String]) -> String {
        unicodeScalars.map { escapes[$0] ?? String($0) }.joined()
    }
}
