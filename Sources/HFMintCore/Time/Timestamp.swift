/// A moment, in whole seconds since 1970 (UTC).
///
/// It reads and writes the dates of HTTP and of JSON APIs; the second is in `Timestamp+InternetDate.swift`.
/// ``CivilDate`` does the arithmetic of the calendar. Nothing in this folder asks a clock or knows a time zone: a
/// `Clock` of the seams tells the time.
package struct Timestamp: Comparable, Hashable, Sendable {
    package let secondsSince1970: Int

    /// The end of the year 9999.
    package static let lastSecond = 253_402_300_799

    /// Moves a moment outside the years 1 to 9999, which a server or a journal may name, to the nearest one inside.
    ///
    /// A date has four digits for the year.
    package init(secondsSince1970: Int) {
        self.secondsSince1970 = min(max(secondsSince1970, -62_135_596_800), Self.lastSecond)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.secondsSince1970 < right.secondsSince1970
    }

    package static func + (moment: Timestamp, seconds: Int) -> Timestamp {
        let (sum, isOver) = moment.secondsSince1970.addingReportingOverflow(seconds)
        return Timestamp(secondsSince1970: isOver ? (seconds > 0 ? .max : .min) : sum)
    }

    /// Returns the difference in seconds.
    package static func - (left: Timestamp, right: Timestamp) -> Int {
        left.secondsSince1970 - right.secondsSince1970
    }
}

extension Timestamp {
    /// The date and time in UTC by RFC 3339: `2026-11-21T03:04:05Z`.
    package var rfc3339: String {
        let (days, second) = secondsSince1970.dividedDown(by: 86_400)
        let date = CivilDate(daysSince1970: days)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(date.year / 100))\(two(date.year % 100))-\(two(date.month))-\(two(date.day))"
            + "T\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))Z"
    }

    /// Reads the form of date that servers must send: `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>
    package init?(httpDate text: String) {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let bytes = Array(text.utf8)
        let punctuation = [(3, ","), (4, " "), (7, " "), (11, " "), (16, " "), (19, ":"), (22, ":")]
        guard bytes.count == 29, bytes[25...].elementsEqual(" GMT".utf8),
            punctuation.allSatisfy({ bytes[$0.0] == $0.1.utf8.first })
        else { return nil }
        guard let day = bytes.number(5..<7),
            let month = months.firstIndex(where: { bytes[8..<11].elementsEqual($0.utf8) }),
            let year = bytes.number(12..<16), let hour = bytes.number(17..<19), let minute = bytes.number(20..<22),
            let second = bytes.number(23..<25), hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = CivilDate.daysSince1970(year: year, month: month + 1, day: day)
        // A day that the month does not have has become one of the next month.
        guard CivilDate(daysSince1970: days).day == day else { return nil }
        self.init(secondsSince1970: days * 86_400 + hour * 3_600 + minute * 60 + second)
    }
}

extension [UInt8] {
    /// Returns the number that the digits in `range` spell, or nil if another byte stands there.
    func number(_ range: Range<Int>) -> Int? {
        guard self[range].allSatisfy(\.isASCIIDigit) else { return nil }
        return Int(String(decoding: self[range], as: UTF8.self))
    }
}

/// Returns a length of time in words: `45 s`, `12 min`, `3 h`, `10 years`.
package func inWords(seconds: Int) -> String {
    switch abs(seconds) {
    case 0..<120: "\(seconds) s"
    case 120..<7_200: "\(seconds / 60) min"
    case 7_200..<172_800: "\(seconds / 3_600) h"
    case 172_800..<63_072_000: "\(seconds / 86_400) days"
    default: "\(seconds / 31_536_000) years"
    }
}
