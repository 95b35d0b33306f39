internal import HFMintCore

/// The manual pages, made from the declarations: hfmint(1), and one for each first word, as git has them.
///
/// `ManualPage` decides what stands on a page, and ``Mdoc`` writes it in the language of man pages. The variables and
/// files come from `DocumentedVariables`, all else from the commands. `Declaration` is the same for programs, as JSON.
/// What a page says of one command stands in the declaration of that command, and never here.
enum ManualPage {
    /// Returns the lines of hfmint(1).
    static func overview() -> [String] {
        var page = Mdoc(title: "HFMINT", released: hfmintReleased)
        page.name("hfmint", for: "short-lived Hugging Face credentials for CI jobs")
        page.section("SYNOPSIS")
        page.usage(of: .overview)
        for line in [".Nm hfmint", ".Ar command", ".Op Ar option ...", ".Op Ar operand ..."] { page.macro(line) }
        page.section("DESCRIPTION")
        page.paragraphs([
            "Gives a CI job the Hugging Face credential that it needs, only for as long as it needs it, and rotates the"
                + " client secrets that cannot be avoided."
        ])
        page.macro(".Pp")
        page.paragraphs(Command.overview.description)
        page.section("COMMANDS")
        page.terms(FirstWord.all.map { ($0.name, $0.summary) })
        page.macro(".Pp")
        page.text("Each has a page of its own, such as")
        page.macro(".Xr hfmint-exchange 1 .")
        page.section("OPTIONS")
        page.options(Command.overview.allOptions + [Option("version", help: Command.version.summary)])
        page.section("ENVIRONMENT")
        page.terms(DocumentedVariable.read.map { ($0.names.joined(separator: ", "), $0.meaning) })
        page.macro(".Pp")
        page.text("A delivery sets:")
        page.terms(DocumentedVariable.set.map { ($0.names.joined(separator: ", "), $0.meaning) })
        page.section("FILES")
        page.terms(documentedFiles)
        page.section("EXIT STATUS")
        page.terms(MintError.ExitStatus.allCases.map { ("\($0.rawValue)", $0.meaning) })
        page.section("EXAMPLES")
        page.examples(Command.overview.examples + [Command.exchange.examples[0]])
        page.references(FirstWord.all.map { "hfmint-\($0.name)" } + ["git"])
        return page.lines
    }

    /// Returns the lines of hfmint-NAME(1), for a command, or for all that begin with one word.
    static func page(for word: FirstWord) -> [String] {
        let name = "hfmint-\(word.name)"
        var page = Mdoc(title: "HFMINT-\(word.name.asciiUppercased)", released: hfmintReleased)
        page.name(name, for: word.summary)
        page.section("SYNOPSIS")
        for command in word.commands { page.usage(of: command) }
        page.section("DESCRIPTION")
        if let group = word.group {
            page.paragraphs(group.description)
            for command in word.commands {
                page.subsection(command.name)
                page.paragraphs(command.description)
                page.options(command.allOptions)
            }
        } else {
            page.paragraphs(word.commands[0].description)
            page.section("OPTIONS")
            page.options(word.commands[0].allOptions)
        }
        page.section("EXIT STATUS")
        page.text("As in")
        page.macro(".Xr hfmint 1 .")
        if let status = word.commands[0].ownFailureStatus {
            page.text("Where hfmint itself fails it is \(status), as the others are those of the program that it runs.")
        }
        page.section("EXAMPLES")
        page.examples(word.commands.flatMap(\.examples))
        page.references(["hfmint"])
        return page.lines
    }
}

extension String {
    fileprivate var asciiUppercased: String {
        String(decoding: utf8.map { $0.isASCIILowercase ? $0 - 32 : $0 }, as: UTF8.self)
    }
}
