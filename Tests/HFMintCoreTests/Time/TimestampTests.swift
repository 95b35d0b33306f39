import Foundation
import HFMintCore
import HFMintTesting
import Testing

@Suite("timestamp")
struct TimestampTests {
    @Test(
        "is written as RFC 3339 in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_795_230_245, "2026-11-21T03:04:05Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"), (2_147_483_648, "2038-01-19T03:14:08Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (-62_135_596_800, "0001-01-01T00:00:00Z"), (Int.min, "0001-01-01T00:00:00Z"),
        ])
    func rfc3339(seconds: Int, text: String) {
        #expect(Timestamp(secondsSince1970: seconds).rfc3339 == text)
    }

    @Test("agrees with Foundation about a thousand moments, both ways")
    func oracle() {
        var random = SeededRandom(seed: 3)
        let http = DateFormatter()
        http.locale = Locale(identifier: "en_US_POSIX")
        http.timeZone = TimeZone(secondsFromGMT: 0)
        http.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        for _ in 0..<1_000 {
            let seconds = Int.random(in: 0...253_402_300_799, using: &random)
            let date = Date(timeIntervalSince1970: Double(seconds))
            #expect(Timestamp(secondsSince1970: seconds).rfc3339 == date.formatted(.iso8601))
            #expect(Timestamp(httpDate: http.string(from: date))?.secondsSince1970 == seconds)
        }
    }

    // https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
    @Test(
        "reads the date that servers must send",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000), ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
        ])
    func httpDate(text: String, seconds: Int) {
        #expect(Timestamp(httpDate: text)?.secondsSince1970 == seconds)
    }

    @Test(
        "refuses every other form of a date",
        arguments: [
            "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "2026-11-21T03:04:05Z", "784111777",
            "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +00", "Sun, 06 Nov 1994 08:49:37 GMT ",
            " Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nox 1994 08:49:37 GMT", "Sun, 06-Nov-1994 08:49:37 GMT", "Sun, 06 Nov 1994 08.49.37 GMT",
            "Sun  06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994T08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT", "Sat, 32 Dec 2016 23:59:60 GMT",
            "Thu, 31 Nov 1994 08:49:37 GMT",
            "Wed, 29 Feb 2023 00:00:00 GMT", "Mon, 29 Feb 2100 00:00:00 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov ١٩٩ 08:49:37 GMT",
        ])
    func wrongForms(text: String) {
        #expect(Timestamp(httpDate: text) == nil)
    }

    @Test("counts, compares and subtracts in seconds")
    func arithmetic() {
        let now = FrozenClock.usualNow
        #expect(now + 60 > now)
        #expect((now + 60) - now == 60)
        #expect(now - (now + 60) == -60)
        #expect(now + 0 == now)
    }

    @Test(
        "tells a length of time in the unit that people would use",
        arguments: [
            (0, "0 s"), (45, "45 s"), (119, "119 s"), (120, "2 min"), (3_600, "60 min"), (7_199, "119 min"),
            (7_200, "2 h"), (172_799, "47 h"), (172_800, "2 days"), (63_071_999, "729 days"), (63_072_000, "2 years"),
            (315_360_000, "10 years"), (-90, "-90 s"), (-7_200, "-2 h"),
        ])
    func words(seconds: Int, words: String) {
        #expect(inWords(seconds: seconds) == words)
    }

    @Test(
        "has a year of four digits, whatever a server says",
        arguments: [
            (Int.max, "9999-12-31T23:59:59Z"), (67_768_036_191_676_799, "9999-12-31T23:59:59Z"),
            (.min, "0001-01-01T00:00:00Z"),
        ])
    func bounds(seconds: Int, text: String) {
        let moment = Timestamp(secondsSince1970: seconds)
        #expect(moment.rfc3339 == text)
        #expect(
            moment + .max == Timestamp(secondsSince1970: .max) && moment + .min == Timestamp(secondsSince1970: .min))
    }
}
