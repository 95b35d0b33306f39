extension Timestamp {
    /// Reads a date and time as JSON APIs write them: `2026-11-21T03:04:05Z`, also with a fraction or an offset.
    ///
    /// A fraction is dropped, so that the moment is never later than the text says.
    /// <https://www.rfc-editor.org/rfc/rfc3339#section-5.6>
    package init?(internetDate text: String) {
        let bytes = Array(text.utf8)
        guard (20...40).contains(bytes.count), bytes[4] == ASCII.minus, bytes[7] == ASCII.minus,
            bytes[10].asciiLowercased == UInt8(ascii: "t"), bytes[13] == ASCII.colon, bytes[16] == ASCII.colon
        else { return nil }
        guard let year = bytes.number(0..<4), let month = bytes.number(5..<7), let day = bytes.number(8..<10),
            let hour = bytes.number(11..<13), let minute = bytes.number(14..<16), let second = bytes.number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60,
            let offset = Self.offset(bytes[19...])
        else { return nil }
        let days = CivilDate.daysSince1970(year: year, month: month, day: day)
        self.init(secondsSince1970: days * 86_400 + hour * 3_600 + minute * 60 + second - offset)
    }

    /// Reads the offset of `.123Z`, `Z` or `+01:00`, in seconds.
    private static func offset(_ text: ArraySlice<UInt8>) -> Int? {
        var rest = text
        if rest.first == ASCII.dot {
            let digits = rest.dropFirst().prefix(while: \.isASCIIDigit)
            guard !digits.isEmpty else { return nil }
            rest = rest[digits.endIndex...]
        }
        if rest.count == 1, rest.first?.asciiLowercased == UInt8(ascii: "z") { return 0 }
        let sign = rest.first == UInt8(ascii: "+") ? 1 : rest.first == ASCII.minus ? -1 : 0
        let parts = rest.dropFirst().split(separator: ASCII.colon, omittingEmptySubsequences: false)
        guard sign != 0, parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isASCIIDigit) }),
            let hours = Int(String(decoding: parts[0], as: UTF8.self)),
            let minutes = Int(String(decoding: parts[1], as: UTF8.self)), hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}
