/// A place in a text, for people: both numbers count from 1.
package struct TextPlace: Equatable, Sendable {
    package let line: Int
    /// In Unicode scalars, without a byte order mark at the beginning.
    package let column: Int

    /// `line 3, column 7`.
    package var words: String { "line \(line), column \(column)" }
}

/// A place in a manifest, for messages and records.
package struct ManifestPlace: Equatable, Sendable {
    /// The path of the manifest, as the user or its parent writes it.
    package let file: String
    /// `grants[3]`.
    package let path: String
    /// Counted from 1.
    package let line: Int
}

/// An index of the lines of a text, which end as JSON5 says.
struct TextPlaces {
    private let text: [UInt8]
    /// The offset of each line.
    private let starts: [Int]

    init(_ text: [UInt8]) {
        self.text = text
        let bytes = text.span
        var starts = [0]
        for position in text.indices {
            switch bytes[position] {
            case ASCII.lineFeed: starts.append(position + 1)
            case ASCII.carriageReturn where position + 1 == bytes.count || bytes[position + 1] != ASCII.lineFeed:
                starts.append(position + 1)
            case 0xE2 where bytes.isLineSeparator(at: position): starts.append(position + 3)
            default: break
            }
        }
        self.starts = starts
    }

    subscript(offset: Int) -> TextPlace {
        let line = line(at: offset)
        var start = starts[line - 1]
        if start == 0, text.starts(with: [0xEF, 0xBB, 0xBF]), offset >= 3 { start = 3 }
        let isFirstByte = { (byte: UInt8) in byte & 0xC0 != 0x80 }
        return TextPlace(line: line, column: text[start..<max(start, offset)].count(where: isFirstByte) + 1)
    }

    /// Returns the line of the byte at `offset`, counted from 1.
    func line(at offset: Int) -> Int {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] > offset { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
