#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A moment, in whole seconds since 1970 (UTC).
package struct Timestamp: Comparable, Hashable, Sendable {
    package let secondsSince1970: Int

    package init(secondsSince1970: Int) {
        self.secondsSince1970 = secondsSince1970
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.secondsSince1970 < right.secondsSince1970
    }

    package static func + (moment: Timestamp, seconds: Int) -> Timestamp {
        Timestamp(secondsSince1970: moment.secondsSince1970 + seconds)
    }

    /// In seconds.
    package static func - (left: Timestamp, right: Timestamp) -> Int {
        left.secondsSince1970 - right.secondsSince1970
    }
}

extension Timestamp {
    /// RFC 3339 in UTC: `2026-11-21T03:04:05Z`.
    package var rfc3339: String {
        let parts = unsafe broken()
        func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = unsafe "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        return unsafe "\(date)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
    }

    private func broken() -> tm {
        var seconds = secondsSince1970
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        return unsafe parts
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
        func number(_ range: Range<Int>) -> CInt? {
            guard bytes[range].allSatisfy(\.isASCIIDigit) else { return nil }
            return CInt(String(decoding: bytes[range], as: UTF8.self))
        }
        guard let day = number(5..<7), let month = months.firstIndex(where: { bytes[8..<11].elementsEqual($0.utf8) }),
            let year = number(12..<16), let hour = number(17..<19), let minute = number(20..<22),
            let second = number(23..<25), hour < 24, minute < 60, second <= 60
        else { return nil }
        var parts = unsafe tm()
        unsafe (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, CInt(month), day)
        unsafe (parts.tm_hour, parts.tm_min) = (hour, minute)
        let minuteBegins = unsafe timegm(&parts)
        // A day that the month does not have has been carried into the next one.
        guard unsafe parts.tm_mday == day else { return nil }
        self.init(secondsSince1970: minuteBegins + Int(second))
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
