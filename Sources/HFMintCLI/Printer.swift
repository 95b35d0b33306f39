internal import HFMintCore

// The rules of speech. Everything for people goes to stderr and begins with `hfmint: `. Errors and hints are lower
// case, without a full stop; a hint is the next thing to type or to change. Nothing quoted may hold a control
// character. stdout carries what was asked for, in one write, and is written last.

/// The one place that prints reports and errors.
struct Printer {
    let output: any Output
    let environment: Environment
    let asJSON: Bool

    /// Prints a report: its failures on stderr, then its text or its JSON on stdout.
    func print(_ report: Report) {
        for failure in report.failures { tell(failure) }
        if asJSON {
            write(report.json)
        } else if !report.text.isEmpty {
            output.write(Secret(joining: report.text), to: .out)
        }
    }

    /// Prints an error.
    ///
    /// - Parameter evaluated: whether a shell evaluates stdout. Then stdout gets a line that makes that shell fail.
    func print(_ error: MintError, evaluated: Bool) {
        tell(error)
        if asJSON {
            write(["error": error.json])
        } else if evaluated && output.kind(of: .out) != .terminal {
            // `eval ""` succeeds, and the script would go on without a token.
            output.write("(exit \(error.code.exitStatus.rawValue))\n", to: .out)
        }
    }

    private func write(_ json: JSONValue) {
        output.write(json.rendered().enclosed(by: "", and: "\n"), to: .out)
    }

    private func tell(_ error: MintError) {
        let lines =
            ["\(red("error:")) \(error.message.printable) [\(error.code.rawValue)]"]
            + error.facts.map(\.printable)
            + (error.hint.map { ["\(bold("hint:")) \($0.printable)"] } ?? [])
        output.write(lines.map { "hfmint: \($0)\n" }.joined(), to: .err)
    }

    private func red(_ text: String) -> String { hasColours ? "\u{1B}[1;31m\(text)\u{1B}[0m" : text }

    private func bold(_ text: String) -> String { hasColours ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    /// Whether stderr gets colours, as <https://no-color.org> asks.
    private var hasColours: Bool {
        output.kind(of: .err) == .terminal && !environment.isSet("NO_COLOR") && environment["TERM"] != "dumb"
    }
}

extension MintError {
    var json: JSONValue {
        [
            "code": .string(code.rawValue),
            "message": .string(message),
            "details": .array(facts.map { .string($0) }),
            "hint": .string(hint),
            "exit_status": .integer(Int(code.exitStatus.rawValue)),
        ]
    }
}
