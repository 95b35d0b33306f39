internal import HFMintCore

/// A table of text, whose cells may have several lines.
///
/// A cell that is wider than most terminals sticks out, so that it does not fill every row with spaces.
struct TextTable {
    private var rows: [[[String]]]
    private static let columnLimit = 120

    init(_ head: [String]) {
        rows = [head.map { [$0] }]
    }

    mutating func append(_ row: [[String]]) { rows.append(row) }

    /// The lines of the table, indented by two; no line ends with a space.
    var lines: [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.flatMap { column < $0.count ? $0[column] : [] }.map {
                min($0.printable.unicodeScalars.count, Self.columnLimit)
            }
            .max() ?? 0
        }
        return rows.flatMap { row in
            (0..<(row.map(\.count).max() ?? 0)).map { line in
                let cells = row.enumerated().map { column, cell in
                    let text = line < cell.count ? cell[line].printable : ""
                    return text + String(repeating: " ", count: max(0, widths[column] - text.unicodeScalars.count))
                }
                let text = "  " + cells.joined(separator: "  ")
                return String(decoding: text.utf8.reversed().drop { $0 == ASCII.space }.reversed(), as: UTF8.self)
            }
        }
    }
}
