internal import HFMintCore

/// The help texts, made from the declarations of commands and options.
enum Help {
    /// The columns that every terminal has; only examples may be longer, as people copy them.
    private static let width = 80

    /// Returns the lines of `hfmint help`.
    static func overview() -> [String] {
        let rows =
            [("hfmint", Command.overview.summary)]
            + FirstWord.all.map { ("hfmint \(usage($0))", $0.summary) }
            + [("hfmint --version", Command.version.summary)]
        return [
            "hfmint: the Hugging Face credential that a CI job needs, while it needs it",
            "",
            "usage:",
        ] + aligned(rows) + [
            "",
            "The line that works in every CI system:",
            "  eval \"$(hfmint exchange acme/model)\"",
            "",
            "exit status:",
        ] + aligned(MintError.ExitStatus.allCases.map { ("\($0.rawValue)", $0.meaning) }) + [
            "",
            "Each command explains itself: hfmint help COMMAND",
        ]
    }

    /// Returns the lines of `hfmint help rotate`, for instance.
    static func lines(for group: CommandGroup) -> [String] {
        let rows = group.commands.map { command in
            ([group.operation(command), command.operands].compactMap(\.self).joined(separator: " "), command.summary)
        }
        return ["usage: hfmint \(group.name) OPERATION [OPTION]…", ""]
            + group.description.flatMap { wrapped($0) + [""] }
            + ["operations:"] + aligned(rows)
            + ["", "Each explains itself: hfmint help \(group.name) \(group.operations.first ?? "")"]
    }

    /// Returns the lines of `hfmint help COMMAND`.
    static func lines(for command: Command) -> [String] {
        // Options stand before the operands, as what follows the COMMAND of `run` belongs to that program.
        let options = command.options.isEmpty ? nil : "[OPTION]…"
        let words = [command.fullName, options, command.operands].compactMap(\.self)
        return ["usage: \(words.joined(separator: " "))", ""]
            + command.description.flatMap { wrapped($0) + [""] }
            + ["options:"] + aligned(command.allOptions.map { ($0.usage, $0.help) })
            + (command.examples.isEmpty ? [] : ["", "examples:"])
            + command.examples.flatMap { ["  # \($0.purpose)", "  \($0.line)"] }
    }

    private static func usage(_ word: FirstWord) -> String {
        let rest = word.group?.operations.joined(separator: " | ") ?? word.commands[0].operands
        return [word.name, rest].compactMap(\.self).joined(separator: " ")
    }

    /// Returns the rows in two columns; a left cell that is too long stands on a line of its own.
    private static func aligned(_ rows: [(String, String)]) -> [String] {
        let column = min(24, rows.map(\.0.count).max() ?? 0) + 4
        return rows.flatMap { left, right -> [String] in
            let lines = wrapped(right, width: width - column)
            let indent = String(repeating: " ", count: column)
            guard left.count + 4 <= column else {
                let words = wrapped(left, width: width - 6).enumerated()
                return words.map { ($0 == 0 ? "  " : "    ") + $1 } + lines.map { indent + $0 }
            }
            let first = "  \(left)".padded(to: column) + (lines.first ?? "")
            return [first] + lines.dropFirst().map { indent + $0 }
        }
    }

    private static func wrapped(_ paragraph: String, width: Int = width) -> [String] {
        var lines: [String] = []
        for word in paragraph.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}

extension MintError.ExitStatus {
    /// What the help and the documentation say of the status.
    var meaning: String {
        switch self {
        case .success: "done"
        case .bug: "a bug in hfmint: report it"
        case .usage: "usage: fix the command line"
        case .denied: "denied: fix permissions, trust settings or policy; a retry is useless"
        case .retryLater: "try again later"
        case .localState: "local state: look at disk, file modes, installed libraries"
        case .personNeeded: "a person is needed"
        }
    }
}
