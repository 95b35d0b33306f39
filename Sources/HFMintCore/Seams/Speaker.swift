/// A speaker that tells people on stderr what happens on the way to a result.
package struct Speaker: Sendable {
    package var output: any Output
    package var verbosity: Verbosity

    package init(_ output: any Output, verbosity: Verbosity = .normal) {
        self.output = output
        self.verbosity = verbosity
    }

    /// Tells what the user did not ask for but should know, except with `--quiet`.
    package func note(_ message: String) {
        if verbosity >= .normal { output.write("hfmint: \(message.withoutTokens.printable)\n", to: .err) }
    }

    /// Tells how far hfmint has come, on a terminal or with `--verbose`.
    package func progress(_ message: String) {
        if output.kind(of: .err) == .terminal { note(message) } else { trace(message) }
    }

    /// Tells how hfmint reached its result, only with `--verbose`.
    package func trace(_ message: String) {
        if verbosity >= .verbose { output.write("hfmint: \(message.withoutTokens.printable)\n", to: .err) }
    }
}

package enum Verbosity: Int, Comparable, Sendable {
    case quiet, normal, verbose

    package static func < (left: Verbosity, right: Verbosity) -> Bool { left.rawValue < right.rawValue }
}
