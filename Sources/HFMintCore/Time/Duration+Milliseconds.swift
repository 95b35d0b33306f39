/// For a message: a limit that was a moment short of a second is called the second that it was meant to be.
package func inSeconds(_ milliseconds: Int) -> String {
    milliseconds <= 500 ? "\(milliseconds) ms" : "\((milliseconds + 999) / 1_000) s"
}

extension Duration {
    package var milliseconds: Int {
        Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
