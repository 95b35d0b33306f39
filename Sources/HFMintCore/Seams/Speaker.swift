/// What people are told on the way to a result: where it is written, and how much of it.
package struct Speaker: Sendable {
    package var output: any Output
    package var verbosity: Verbosity

    package init(_ output: any Output, verbosity: Verbosity = .normal) {
        self.output = output
        self.verbosity = verbosity
    }

    /// Something that the user did not ask for and should know; silenced by `--quiet`.
    package func note(_ message: String) {
        if verbosity >= .normal { output.write("hfmint: \(message.withoutTokens.printable)\n", to: .err) }
    }

    /// How far hfmint has come, for somebody who watches: on a terminal, and with `--verbose`.
    package func progress(_ message: String) {
        if output.kind(of: .err) == .terminal { note(message) } else { trace(message) }
    }

    /// How hfmint got there; only with `--verbose`.
    package func trace(_ message: String) {
        if verbosity >= .verbose { output.write("hfmint: \(message.withoutTokens.printable)\n", to: .err) }
    }
}

package enum Verbosity: Int, Comparable, Sendable {
    case quiet, normal, verbose

    package static func < (left: Verbosity, right: Verbosity) -> Bool { left.rawValue < right.rawValue }
}
