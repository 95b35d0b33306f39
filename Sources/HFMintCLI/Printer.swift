internal import HFMintCore

// The rules of speech. stdout carries what was asked for, as text or as JSON, in one write, and is written last.
// Errors, hints and notes go to stderr, and each line begins with `hfmint: `. Errors and hints are lower case, without
// a full stop; a hint is the next thing to type or to change. Nothing quoted may hold a control character.

/// The one place that prints reports and errors.
struct Printer {
    let output: any Output
    let environment: Environment
    var asJSON: Bool
    /// Whether a shell evaluates stdout, so that an error prints a line there that makes that shell fail.
    var isEvaluated: Bool

    /// Prints a report, its failures first, and returns the exit status.
    func print(_ report: Report) -> Int32 {
        for failure in report.failures { tell(failure) }
        if asJSON {
            write(report.json)
        } else if !report.text.isEmpty {
            output.write(Secret(joining: report.text), to: .out)
        }
        return report.childStatus ?? report.failures.first?.code.exitStatus.rawValue ?? 0
    }

    /// Prints an error, and returns the exit status.
    func print(_ error: MintError) -> Int32 {
        tell(error)
        if asJSON {
            write(["error": error.json])
        } else if isEvaluated && output.kind(of: .out) != .terminal {
            // `eval ""` succeeds, and the script would go on without a token.
            output.write("(exit \(error.code.exitStatus.rawValue))\n", to: .out)
        }
        return error.code.exitStatus.rawValue
    }

    private func write(_ json: JSONValue) {
        output.write(json.rendered().enclosed(by: "", and: "\n"), to: .out)
    }

    private func tell(_ error: MintError) {
        let lines =
            ["\(red("error:")) \(error.message.printable) [\(error.code.rawValue)]"] + error.facts.map(\.printable)
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
            "details": .strings(facts),
            "hint": .string(hint),
            "exit_status": .integer(Int(code.exitStatus.rawValue)),
        ]
    }
}
