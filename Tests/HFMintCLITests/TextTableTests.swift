import Testing

@testable import HFMintCLI

@Suite("tables")
struct TextTableTests {
    @Test("have columns as wide as their widest cell, and no space at the end of a line")
    func columns() {
        var table = TextTable(["grant", "role"])
        table.append([["one", "second line"], ["reader"]])
        #expect(table.lines == ["  grant        role", "  one          reader", "  second line"])
    }

    @Test("let a long cell stick out, and do not fill every other row with spaces for it")
    func long() {
        var table = TextTable(["grant", "role"])
        table.append([[String(repeating: "x", count: 100_000)], ["reader"]])
        for _ in 0..<50 { table.append([["short"], ["reader"]]) }
        #expect(table.lines[1].utf8.count == 100_000 + 10)
        #expect(table.lines[2...].allSatisfy { $0.utf8.count == 130 })
    }
}
