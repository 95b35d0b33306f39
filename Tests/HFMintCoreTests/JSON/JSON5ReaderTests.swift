@testable import HFMintCore
import Testing

/// The productions of <https://spec.json5.org>; another reader says the same in `test_manifest_json5.py`.
@Suite("json5 reader")
struct JSON5ReaderTests {
    private func read(_ text: String) throws(Malformed) -> JSONText {
        try JSONText(Array(text.utf8), limits: .manifest, dialect: .json5)
    }

    @Test(
        "a text is what the specification says",
        arguments: [
            ("'a'", "a"), ("'\"'", "\""), ("\"'\"", "'"), (#"'\''"#, "'"), (#"'\x41\xe9'"#, "Aé"),
            (#"'\v\0\b'"#, "\u{B}\0\u{8}"),
            (#"'\a\C\é\🤗'"#, "aCé🤗"), (#"'\U0041'"#, "U0041"), (#"'\ud83e\udd17'"#, "🤗"), ("'a\\\nb'", "ab"),
            ("'a\\\r\nb'", "ab"), ("'a\\\rb'", "ab"), ("'a\\\u{2028}b\\\u{2029}c'", "abc"), ("'a\\\n\\\nb'", "ab"),
            ("'a\\\n\nb'", nil), ("'a\\\r\r\nb'", nil), ("'\u{2028}'", "\u{2028}"),
            ("'\u{2027}\\\u{2027}'", "\u{2027}\u{2027}"),
            (#"'\01'"#, nil), (#"'\1'"#, nil), (#"'\x4'"#, nil), (#"'\ud83e'"#, nil), ("'\t'", nil), ("'\\\t'", nil),
            ("'a", nil),
        ] as [(String, String?)])
    func texts(text: String, value: String?) {
        let read = try? read(text)
        #expect(read.flatMap { $0.string($0.root) } == value.map { Array($0.utf8) })
        if let read, let value {
            let secret = read.root.secret(in: read.bytes.span)?.reveal { $0.bytes }
            #expect(secret == Array(value.utf8))
        }
    }

    @Test(
        "a number is an integer where it is written as one",
        arguments: [
            ("+1", 1), ("-1", -1), ("+0", 0), ("0x1F", 31), ("0XaB", 171), ("-0x1", -1), ("+0x1", 1),
            ("0x7fffffffffffffff", Int.max), ("-0x8000000000000000", Int.min), ("0x8000000000000000", nil), (".5", nil),
            ("5.", nil), ("5.e3", nil), ("-.5E+3", nil), ("Infinity", nil), ("-Infinity", nil), ("+NaN", nil),
        ] as [(String, Int?)])
    func numbers(text: String, value: Int?) throws {
        let read = try read(text)
        #expect(read.root.value == .number)
        #expect(read.integer(read.root) == value)
    }

    @Test(
        "what is no number is refused",
        arguments: [
            "01", "+01", "0x", "0xg", ".", "-.", "+", "--1", "+-1", "1e", ".e1", "1_000", "Infinit", "infinity", "NaNx",
            "- 1",
        ])
    func notNumbers(text: String) {
        #expect(throws: Malformed.self) { _ = try read(text) }
    }

    @Test(
        "a name stands without quotes where ECMAScript has it so",
        arguments: [
            ("a", "a"), ("$_a1", "$_a1"), ("null", "null"), ("if", "if"), ("Infinity", "Infinity"), ("é", "é"),
            ("ⅷ", "ⅷ"),
            ("a\u{307}", "a\u{307}"), ("a‿b", "a‿b"), ("a٣", "a٣"), ("a\u{200C}b", "a\u{200C}b"), (#"\u0061b"#, "ab"),
            (#"a\u0031"#, "a1"), (#"\u0031"#, nil), (#"a\u0020"#, nil), (#"\x61"#, nil), (#"\ud835"#, nil), ("1a", nil),
            ("a-b", nil), ("\u{307}a", nil), ("٣", nil), ("🤗", nil), ("", nil),
        ] as [(String, String?)])
    func names(name: String, meant: String?) {
        let read = try? read("{\(name): 1}")
        #expect(read?.root.members?.first?.name == meant.map { Array($0.utf8) })
    }

    @Test(
        "space and comments are those of the specification",
        arguments: [
            "\u{9}", "\u{B}", "\u{C}", "\u{A0}", "\u{FEFF}", "\u{1680}", "\u{2000}", "\u{200A}", "\u{202F}", "\u{205F}",
            "\u{3000}", "\u{2028}", "\u{2029}", "\r", "/**/", "/***/", "/* // */", "/*\n*/", "//\n", "//\r",
            "//\u{2028}", "//\u{2029}",
            "// a\r// b\n",
        ])
    func space(space: String) throws {
        let read = try read("\(space)[\(space)1\(space),\(space)]\(space)")
        #expect(read.root.elements?.count == 1)
    }

    @Test(
        "what only looks like space is refused",
        arguments: [
            "\u{180E}", "\u{200B}", "\u{2060}", "\u{85}", "\0", "\u{1B}", "#", "/", "/* /* */ */", "//\u{B}",
            "//\u{85}",
        ])
    func noSpace(space: String) {
        #expect(throws: Malformed.self) { _ = try read("[\(space)1]") }
    }

    @Test(
        "bytes that are not UTF-8 are refused in comments too",
        arguments: [[0xFF], [0xE2, 0x80], [0xC0, 0xAF]] as [[UInt8]])
    func comments(bytes: [UInt8]) {
        for (before, after) in [("// ", "\n1"), ("/* ", "*/1"), ("{a", ": 1}"), ("", "1")] {
            let text = Array(before.utf8) + bytes + Array(after.utf8)
            #expect(throws: Malformed(.invalidUTF8, at: before.utf8.count)) {
                _ = try JSONText(text, limits: .manifest, dialect: .json5)
            }
        }
    }

    @Test(
        "places count the lines of JSON5, and characters",
        arguments: [
            ("ab", 1, 1, 2), ("a\nb", 2, 2, 1), ("a\r\nb", 3, 2, 1), ("a\rb", 2, 2, 1), ("a\u{2028}b", 4, 2, 1),
            ("a\u{2029}\n\rb", 6, 4, 1), ("é🤗b", 6, 1, 3), ("\u{FEFF}b", 3, 1, 1), ("\u{FEFF}a\nb", 5, 2, 1),
            ("a\n", 2, 2, 1),
        ])
    func places(text: String, offset: Int, line: Int, column: Int) {
        #expect(TextPlaces(Array(text.utf8))[offset] == TextPlace(line: line, column: column))
    }
}
