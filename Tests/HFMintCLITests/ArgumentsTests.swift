import HFMintCore
import Testing

@testable import HFMintCLI

@Suite("arguments")
struct ArgumentsTests {
    private static let many = Option("many", "X", repeats: true, help: "")
    private static let value = Option("value", "X", help: "")
    private static let flag = Option("flag", help: "")

    private static func command(operands: String? = "[X]…", runsAnother: Bool = false) -> Command {
        Command(
            name: "test", summary: "", operands: operands, description: [], options: [many, value, flag], examples: [],
            runsAnother: runsAnother, run: { _ in Report() })
    }

    private func parse(_ words: String..., operands: String? = "[X]…", runsAnother: Bool = false) throws -> Arguments {
        try Arguments(words, for: Self.command(operands: operands, runsAnother: runsAnother))
    }

    @Test("are sorted into options and operands, in whatever order they come")
    func sorts() throws {
        let arguments = try parse("a", "--value", "x", "b", "--flag", "--many=1", "--many", "2", "-")
        #expect(arguments.operands == ["a", "b", "-"])
        #expect(arguments.value(Self.value) == "x")
        #expect(arguments.values(Self.many) == ["1", "2"])
        #expect(arguments.has(Self.flag) && !arguments.has(.help))
    }

    @Test("take a value as it is: empty, with a dash, with an equals sign")
    func values() throws {
        #expect(try parse("--value=").value(Self.value) == "")
        #expect(try parse("--value=a=b").value(Self.value) == "a=b")
        #expect(try parse("--value", "--flag").value(Self.value) == "--flag")
        #expect(try parse("--value", "--").value(Self.value) == "--")
        #expect(try !parse("--value", "--flag").has(Self.flag))
    }

    @Test("that were no UTF-8 are refused, wherever they stand, but for another program's own")
    func repaired() throws {
        let word = String(decoding: [0x61, 0xFF] as [UInt8], as: UTF8.self)
        for words in [[word], ["--value", word], ["--value=\(word)"], ["--", word]] {
            #expect(throws: MintError.self) { try Arguments(words, for: Self.command()) }
        }
        let arguments = try parse("--", "a", word, runsAnother: true)
        #expect(arguments.childCommand == ["a", word])
    }

    @Test("after two dashes are operands, or another program's own")
    func dashes() throws {
        #expect(try parse("a", "--", "--value", "-x", "--").operands == ["a", "--value", "-x", "--"])
        let run = try parse("a", "--", "prog", "--value", "--", "-x", runsAnother: true)
        #expect(run.operands == ["a"])
        #expect(run.childCommand == ["prog", "--value", "--", "-x"])
    }

    @Test("ask for help in two ways", arguments: ["--help", "-h"])
    func help(word: String) throws {
        #expect(try parse(word).has(.help))
    }

    @Test(
        "that no option declares are refused",
        arguments: [
            (["--unknown"], "unknown option '--unknown' for 'hfmint test'"),
            (["-x"], "unknown option '-x' for 'hfmint test'"),
            (["--Value=x"], "unknown option '--Value' for 'hfmint test'"),
            (["-h=x"], "unknown option '-h' for 'hfmint test'"),
            (["---flag"], "unknown option '---flag' for 'hfmint test'"), (["--flag=x"], "'--flag' takes no value"),
            (["--flag="], "'--flag' takes no value"), (["--value"], "missing value for '--value X'"),
            (["--value", "a", "--value=b"], "'--value' is given twice"),
            (["--flag", "--flag"], "'--flag' is given twice"),
        ])
    func refuses(words: [String], message: String) {
        let error = #expect(throws: MintError.self) { try Arguments(words, for: Self.command()) }
        #expect(error?.code == .usage)
        #expect(error?.message == message)
        #expect(error?.hint != nil)
    }

    @Test("are none for a command that takes none", arguments: [["a"], ["--", "a"], ["-"]])
    func noOperands(words: [String]) {
        let error = #expect(throws: MintError.self) { try Arguments(words, for: Self.command(operands: nil)) }
        #expect(error?.message == "unexpected argument '\(words.last ?? "")' for 'hfmint test'")
    }

    @Test(
        "are numbers only where they are whole, and in range",
        arguments: [
            ("1", 1), ("10", 10), ("007", 7), ("0", nil), ("11", nil), ("-1", nil), ("+1", nil), ("1.0", nil),
            ("1e1", nil),
            ("", nil), (" 1", nil), ("٣", nil), ("99999999999999999999", nil),
        ] as [(String, Int?)])
    func numbers(text: String, number: Int?) throws {
        let arguments = try parse("--value=\(text)")
        if let number {
            #expect(try arguments.number(Self.value, in: 1...10) == number)
        } else {
            let error = #expect(throws: MintError.self) { try arguments.number(Self.value, in: 1...10) }
            #expect(error?.message == "'--value \(text)' is not a whole number from 1 to 10")
        }
        #expect(try parse().number(Self.value, in: 1...10) == nil)
    }

    @Test(
        "are suggested where they are a slip of the keyboard away",
        arguments: [
            ("exchnage", "exchange"), ("exchang", "exchange"), ("exchangee", "exchange"), ("halp", "help"),
            ("Help", "help"),
            ("xyz", nil), ("", nil), ("e", nil), ("helpmeplease", nil),
        ])
    func suggestions(typed: String, word: String?) {
        let said = didYouMean(typed, among: ["exchange", "help"], ignoringCase: true)
        #expect(said == word.map { "did you mean '\($0)'?" })
    }

    @Test("of any length are compared in bounded time")
    func longWord() {
        #expect(didYouMean(String(repeating: "e", count: 1_000_000), among: ["exchange"], ignoringCase: true) == nil)
    }
}
