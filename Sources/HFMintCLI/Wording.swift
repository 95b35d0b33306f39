/// Returns a count with its noun: `1 sink`, `2 sinks`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

extension String {
    /// Returns the text with each scalar of `escapes` replaced, even before a combining character.
    func escaped(_ escapes: [Unicode.Scalar: String]) -> String {
        unicodeScalars.map { escapes[$0] ?? String($0) }.joined()
    }
}
