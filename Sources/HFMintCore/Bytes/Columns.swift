/// Returns a line for each row, with the right cells aligned two spaces behind the longest left cell.
package func columns(_ rows: [(String, String)], indent: Int = 0) -> [String] {
    let width = rows.map(\.0.utf8.count).max() ?? 0
    return rows.map { String(repeating: " ", count: indent) + $0.padded(to: width) + "  " + $1 }
}

extension String {
    /// Returns the text with spaces at its end up to `width` bytes; a longer text stays as it is.
    package func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - utf8.count))
    }
}
