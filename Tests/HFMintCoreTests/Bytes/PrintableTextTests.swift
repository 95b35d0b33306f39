import HFMintCore
import Testing

@Suite("printable text")
struct PrintableTextTests {
    @Test(
        "escapes what could start a line, a command, or another direction",
        arguments: [
            ("a\nb", #"a\nb"#), ("a\r\n::add-mask::b", #"a\r\n::add-mask::b"#), ("\u{1B}[31m", #"\u{1B}[31m"#),
            ("\0", #"\0"#), ("\u{7F}", #"\u{7F}"#), ("\u{85}", #"\u{0085}"#),
            ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#),
            ("\u{202E}abc", #"\u{202E}abc"#), ("\u{200B}", #"\u{200B}"#), ("\u{FEFF}", #"\u{FEFF}"#),
            ("\u{E000}", #"\u{E000}"#), ("a\tb", #"a\tb"#), ("a\u{0B}\u{0C}b", #"a\u{0B}\u{0C}b"#),
        ])
    func escapes(text: String, shown: String) {
        #expect(text.printable == shown)
        #expect(text.printable.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    @Test("leaves everything else", arguments: ["", "plain", "naïve Größe", "日本語", "\"quoted\" \\ 'it'", "🤗"])
    func leaves(text: String) {
        #expect(text.printable == text)
    }
}
