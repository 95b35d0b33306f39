internal import HFMintCore

/// A manual page in the words of mdoc(7), a line at a time. <https://man.openbsd.org/mdoc.7>
struct Mdoc {
    private(set) var lines: [String]

    init(title: String, released: String) {
        lines = [".Dd \(released)", ".Dt \(title) 1", ".Os hfmint \(hfmintVersion)"]
    }

    /// Appends a line of mdoc as it is.
    mutating func macro(_ line: String) { lines.append(line) }

    mutating func section(_ title: String) { lines.append(".Sh \(title)") }

    mutating func subsection(_ title: String) { lines.append(".Ss \(title)") }

    mutating func name(_ name: String, for summary: String) {
        lines += [".Sh NAME", ".Nm \(name)", ".Nd \(Self.escaped(summary))"]
    }

    /// Appends the usage of a command to a synopsis.
    mutating func usage(of command: Command) {
        lines += [".Nm \(command.fullName)"]
        if !command.options.isEmpty { lines += [".Op Ar option ..."] }
        if let operands = command.operands { text(operands) }
    }

    /// Appends paragraphs, in which each sentence begins on a line of its own.
    mutating func paragraphs(_ paragraphs: [String]) {
        for (index, paragraph) in paragraphs.enumerated() {
            if index > 0 { lines.append(".Pp") }
            text(paragraph)
        }
    }

    mutating func terms(_ rows: [(term: String, explanation: String)]) {
        lines.append(".Bl -tag -width Ds")
        for row in rows {
            lines.append(".It Sy \(Self.argument(row.term))")
            text(row.explanation)
        }
        lines.append(".El")
    }

    mutating func options(_ options: [Option]) {
        lines.append(".Bl -tag -width Ds")
        for option in options {
            lines.append(".It Fl \\-\(option.name)\(option.value.map { " Ar \(Self.argument($0))" } ?? "")")
            text(option.help)
        }
        lines.append(".El")
    }

    /// Appends examples, each as it is typed.
    mutating func examples(_ examples: [Command.Example]) {
        for example in examples {
            text(example.purpose.utf8.last == UInt8(ascii: "?") ? example.purpose : "\(example.purpose):")
            lines += [".Bd -literal -offset indent", Self.protected(Self.escaped(example.line)), ".Ed"]
        }
    }

    mutating func references(_ names: [String]) {
        lines.append(".Sh SEE ALSO")
        let sorted = names.sorted()
        lines += sorted.map { ".Xr \($0) 1\($0 == sorted.last ? "" : " ,")" }
    }

    /// Appends a paragraph, in lines of at most 76 columns or one word.
    mutating func text(_ paragraph: String) {
        var line: [String] = []
        // Backquotes are for a terminal.
        for word in paragraph.escaped(["`": ""]).utf8.split(separator: ASCII.space) {
            let word = Self.escaped(String(decoding: word, as: UTF8.self))
            if line.joined(separator: " ").utf8.count + word.utf8.count > 76 { flush(&line) }
            line.append(word)
            if let last = word.utf8.last, [UInt8(ascii: "."), UInt8(ascii: "?"), UInt8(ascii: "!")].contains(last) {
                flush(&line)
            }
        }
        flush(&line)
    }

    private mutating func flush(_ line: inout [String]) {
        if !line.isEmpty { lines.append(Self.protected(line.joined(separator: " "))) }
        line = []
    }

    /// Returns a line of text so that it does not look like a macro.
    private static func protected(_ line: String) -> String {
        line.utf8.first == ASCII.dot || line.utf8.first == ASCII.apostrophe ? "\\&\(line)" : line
    }

    /// Returns the text as one argument of a macro: no space, quote or name of another macro in it counts.
    private static func argument(_ text: String) -> String {
        "\"\(escaped(text).escaped(["\"": #"\(dq"#]))\""
    }

    /// Returns the text so that it can be copied from the page: a hyphen is a minus, and a quote is straight.
    private static func escaped(_ text: String) -> String {
        // Every device has dots, but not every device an ellipsis.
        text.escaped([
            "\\": #"\e"#, "'": #"\(aq"#, "`": #"\(ga"#, "^": #"\(ha"#, "~": #"\(ti"#, "-": #"\-"#, "\u{2026}": "...",
        ])
    }
}
