internal import HFMintCore

/// A date is taken exactly where it is one of the calendar in the one form that servers must send, and
/// `Retry-After` is a bounded number of seconds.
package func fuzzHTTPDate(_ input: [UInt8]) {
    let value = text(input)
    // Moments are those of the years 1 to 9999: a leap second at the end, and the year 0, are the nearest of them.
    let expected = seconds(Array(value.utf8)).map { min(max($0, -62_135_596_800), 253_402_300_799) }
    hold(Timestamp(httpDate: value)?.secondsSince1970 == expected, "both readings of a date agree")
    for (status, name) in [(503, "retry-after"), (429, "retry-after"), (429, "ratelimit")] {
        let response = HTTPResponse(status: status, headers: [HTTPHeader(name, value)], body: Secret(copying: []))
        guard let wait = response.retryAfterSeconds(now: now) else { continue }
        hold((0...31_536_000_000).contains(wait), "a wait is bounded")
    }
}

/// By counting days, without a C library.
private func seconds(_ text: [UInt8]) -> Int? {
    let pattern = Array("???, 00 ??? 0000 00:00:00 GMT".utf8)
    let isInForm = zip(text, pattern).allSatisfy { byte, form in
        switch form {
        case UInt8(ascii: "0"): (48...57).contains(byte)
        case UInt8(ascii: "?"): true
        default: byte == form
        }
    }
    guard text.count == pattern.count, isInForm else { return nil }
    func number(_ range: Range<Int>) -> Int { text[range].reduce(0) { $0 * 10 + Int($1) - 48 } }
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard let month = names.firstIndex(where: { text[8..<11].elementsEqual($0.utf8) }) else { return nil }
    let (day, year) = (number(5..<7), number(12..<16))
    let (hour, minute, second) = (number(17..<19), number(20..<22), number(23..<25))
    func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    func days(of month: Int) -> Int { [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month] }
    guard (1...days(of: month)).contains(day), hour < 24, minute < 60, second <= 60 else { return nil }
    let elapsed =
        (0..<year).reduce(-719_528) { $0 + (isLeap($1) ? 366 : 365) }
        + (0..<month).reduce(0) { $0 + days(of: $1) } + day - 1
    return ((elapsed * 24 + hour) * 60 + minute) * 60 + second
}
