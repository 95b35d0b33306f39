/// Blanks are spaces, tabs and line breaks, which files, programs and forms leave around a text.
extension Secret {
    /// Returns the bytes without blanks at both ends.
    package consuming func withoutBlanksAround() -> Secret {
        let kept = reveal { span in
            let start = span.indices.first { !span[$0].isBlank } ?? span.count
            return start..<(span.indices.last { !span[$0].isBlank }.map { $0 + 1 } ?? start)
        }
        guard kept.count < byteCount else { return self }
        return reveal { Secret(copying: $0.extracting(kept)) }
    }

    /// Returns the bytes without line feeds and carriage returns at the end.
    package consuming func withoutTrailingLineBreak() -> Secret {
        let kept = reveal { span in
            var count = span.count
            while count > 0, [ASCII.lineFeed, ASCII.carriageReturn].contains(span[count - 1]) { count -= 1 }
            return count
        }
        guard kept < byteCount else { return self }
        return reveal { Secret(copying: $0.extracting(0..<kept)) }
    }
}

extension String {
    /// The text without blanks at both ends.
    package var withoutBlanksAround: String {
        let text = Array(utf8)
        let start = text.firstIndex { !$0.isBlank } ?? text.endIndex
        let end = text.lastIndex { !$0.isBlank }.map { $0 + 1 } ?? start
        return String(decoding: text[start..<end], as: UTF8.self)
    }
}

extension UInt8 {
    var isBlank: Bool { self == ASCII.space || (0x09...0x0D).contains(self) }
}
