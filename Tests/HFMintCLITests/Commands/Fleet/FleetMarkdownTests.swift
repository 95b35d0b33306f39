import HFMintCore
import Testing

@testable import HFMintCLI

@Suite("Markdown of a fleet")
struct FleetMarkdownTests {
    @Test("shows letters, digits and the signs of a path as they are, in code")
    func plain() {
        #expect("acme/chat-2 is 3".asMarkdown == "<code>acme/chat-2 is 3</code>")
        #expect("Größe".asMarkdown == "<code>Größe</code>")
    }

    @Test(
        "writes as a number whatever could be markup, a mention, a link or a formula",
        arguments: [
            "@octocat", "</code><b>", "a|b", "`x`", "**x**", "=1+1", "$\\LaTeX$", "#12", "~x~", "&amp;", "![x](y)",
            "https://evil.example",
        ])
    func markup(text: String) {
        let shown = text.asMarkdown.dropFirst("<code>".count).dropLast("</code>".count)
        #expect(!shown.contains { "@<>|`*=$\\~!()[]+:.".contains($0) }, "\(shown)")
        // A number sign and an ampersand begin a number, or stand nowhere.
        #expect(shown.count { $0 == "#" } == shown.count { $0 == "&" })
        #expect(
            shown.split(separator: "&", omittingEmptySubsequences: false).dropFirst().allSatisfy { $0.first == "#" })
    }

    @Test("has nothing that a terminal or a log reader acts on")
    func control() {
        #expect(
            "a\nb\u{1B}[31m\u{202E}".asMarkdown
                == "<code>a&#92;nb&#92;u&#123;1B&#125;&#91;31m&#92;u&#123;202E&#125;</code>")
    }

    @Test("fits a comment, and says how much does not")
    func limit() {
        let text = MarkdownTarget.text((0..<10_000).map { "line \($0)" })
        #expect(text.hasPrefix("<!-- hfmint fleet -->\nline 0\n"))
        #expect(text.utf8.count < 60_100)
        #expect(text.hasSuffix(" more lines do not fit: `hfmint fleet plan` prints them.\n"))
        #expect(MarkdownTarget.text(["one"]) == "<!-- hfmint fleet -->\none\n")
    }
}
