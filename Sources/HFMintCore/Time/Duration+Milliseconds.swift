/// Returns a limit for a message, in seconds rounded up, or in milliseconds up to half a second.
package func inSeconds(_ milliseconds: Int) -> String {
    milliseconds <= 500 ? "\(milliseconds) ms" : "\((milliseconds + 999) / 1_000) s"
}

extension Duration {
    package var milliseconds: Int {
        Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
