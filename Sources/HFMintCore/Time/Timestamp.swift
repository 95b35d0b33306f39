/// A moment, in whole seconds since 1970 (UTC).
package struct Timestamp: Comparable, Hashable, Sendable {
    package let secondsSince1970: Int

    /// What lies before the year 1 or after 9999, as a server or a journal may say, is the nearest moment within them:
    /// dates have four digits for the year.
    package init(secondsSince1970: Int) {
        self.secondsSince1970 = min(max(secondsSince1970, -62_135_596_800), 253_402_300_799)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.secondsSince1970 < right.secondsSince1970
    }

    package static func + (moment: Timestamp, seconds: Int) -> Timestamp {
        let (sum, isOver) = moment.secondsSince1970.addingReportingOverflow(seconds)
        return Timestamp(secondsSince1970: isOver ? (seconds > 0 ? .max : .min) : sum)
    }

    /// In seconds.
    package static func - (left: Timestamp, right: Timestamp) -> Int {
        left.secondsSince1970 - right.secondsSince1970
    }
}

extension Timestamp {
    /// RFC 3339 in UTC: `2026-11-21T03:04:05Z`.
    package var rfc3339: String {
        let (days, second) = secondsSince1970.dividedDown(by: 86_400)
        let date = CivilDate(daysSince1970: days)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(date.year / 100))\(two(date.year % 100))-\(two(date.month))-\(two(date.day))"
            + "T\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))Z"
    }

    /// Reads the one form of date that servers must send: `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>
    package init?(httpDate text: String) {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let bytes = Array(text.utf8)
        let punctuation = [(3, ","), (4, " "), (7, " "), (11, " "), (16, " "), (19, ":"), (22, ":")]
        guard bytes.count == 29, bytes[25...].elementsEqual(" GMT".utf8),
            punctuation.allSatisfy({ bytes[$0.0] == $0.1.utf8.first })
        else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            guard bytes[range].allSatisfy(\.isASCIIDigit) else { return nil }
            return Int(String(decoding: bytes[range], as: UTF8.self))
        }
        guard let day = number(5..<7), let month = months.firstIndex(where: { bytes[8..<11].elementsEqual($0.utf8) }),
            let year = number(12..<16), let hour = number(17..<19), let minute = number(20..<22),
            let second = number(23..<25), hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = CivilDate.daysSince1970(year: year, month: month + 1, day: day)
        // A day that the month does not have has been carried into the next one.
        guard CivilDate(daysSince1970: days).day == day else { return nil }
        self.init(secondsSince1970: days * 86_400 + hour * 3_600 + minute * 60 + second)
    }
}

/// A length of time in words: `45 s`, `12 min`, `3 h`, `10 years`.
package func inWords(seconds: Int) -> String {
    switch abs(seconds) {
    case 0..<120: "\(seconds) s"
    case 120..<7_200: "\(seconds / 60) min"
    case 7_200..<172_800: "\(seconds / 3_600) h"
    case 172_800..<63_072_000: "\(seconds / 86_400) days"
    default: "\(seconds / 31_536_000) years"
    }
}
