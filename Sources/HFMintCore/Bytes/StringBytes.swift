/// Comparisons of texts byte by byte, without equivalence of characters.
extension String {
    /// Whether both are the same bytes; it is faster than `elementsEqual`, for what every request asks.
    func hasBytes(of other: String) -> Bool { utf8Span.span.equals(other.utf8Span.span) }

    func hasStart(_ start: String) -> Bool { utf8.starts(with: start.utf8) }

    func hasEnd(_ end: String) -> Bool { utf8.suffix(end.utf8.count).elementsEqual(end.utf8) }

    func hasPart(_ part: String) -> Bool { Array(utf8).span.holds(part) }

    /// Returns the text behind `start`, or nil if the text begins with something else.
    func after(_ start: String) -> String? {
        hasStart(start) ? String(decoding: utf8.dropFirst(start.utf8.count), as: UTF8.self) : nil
    }

    /// The text with its ASCII letters in lower case.
    var asciiLowercased: String { String(decoding: utf8.map(\.asciiLowercased), as: UTF8.self) }
}
