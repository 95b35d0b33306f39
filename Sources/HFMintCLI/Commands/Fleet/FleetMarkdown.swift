internal import HFMintCore

// Markdown for the comments and summaries of CI systems, in which nothing of the Hub's or of a manifest's is markup.

extension Option {
    static let markdown = Option(
        "markdown", "PATH", help: "write it as Markdown to this file too; `-`: to stdout, in place of the report")
}

/// Where `--markdown` writes the text of a comment, if it was given.
struct MarkdownTarget {
    private let path: String?
    /// The beginning of every text, by which a file of hfmint's is known, and a comment found again.
    private static let mark = "<!-- hfmint fleet -->\n"
    /// GitHub takes 65,536 characters of a comment.
    private static let limit = 60_000

    init(_ arguments: Arguments) throws(MintError) {
        path = arguments.value(.markdown)
        guard path != "-" || !arguments.has(.json) else {
            throw .usage("'--markdown -' and '--json' both want stdout", hint: "give one of them")
        }
    }

    /// Makes a command's report, and writes the comment.
    ///
    /// - Parameter comment: the lines of it, in Markdown.
    func report(
        _ lines: [String], comment: [String], _ json: [JSONValue.Member], _ failures: [MintError?],
        in context: Context
    ) -> Report {
        let comment = Self.text(comment)
        var failures = failures.compactMap(\.self)
        do throws(MintError) {
            if let path, path != "-" { try write(comment, to: path, in: context) }
        } catch {
            // What was done or found is told all the same.
            failures.append(error)
        }
        return Report(
            text: path == "-" ? [.text(comment)] : lines.map { .text("\($0)\n") }, json: .object(json),
            failures: failures)
    }

    /// Returns the text of a comment: as many of the lines as fit, and how many do not.
    static func text(_ lines: [String]) -> String {
        var (text, shown) = (mark, 0)
        for line in lines {
            guard text.utf8.count + line.utf8.count < limit else { break }
            text += line + "\n"
            shown += 1
        }
        let left = lines.count - shown
        return left == 0 ? text : text + "\n\(left) more lines do not fit: `hfmint fleet plan` prints them.\n"
    }

    /// Writes the text into a file that is not there, is empty, or is hfmint's.
    private func write(_ text: String, to path: String, in context: Context) throws(MintError) {
        do throws(FileFailure) {
            try context.files.replacePublicFile(path, with: text) { old in
                old.count == 0 || old.bytes.starts(with: Self.mark.utf8)
            }
        } catch {
            throw MintError(
                .stateUnusable, "cannot write '\(error.path)': \(error.reason)",
                hint: "name a file that is not there yet, or `--markdown -` for stdout")
        }
    }
}

extension String {
    /// The text as code in a line or in a table of Markdown: no markup, no mention, no link and no formula.
    ///
    /// Inside of `<code>` neither GitHub nor GitLab looks for `@name` or `#1`. Every mark is written as a number, which
    /// no reader of Markdown takes for the mark itself.
    ///
    /// <https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references>
    var asMarkdown: String {
        var text = "<code>"
        for scalar in printable.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", " ", "-", "/": text.unicodeScalars.append(scalar)
            case _ where scalar.isASCII: text += "&#\(scalar.value);"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "</code>"
    }
}
