/// Five fields: minute, hour, day of month, month, day of week; in UTC.
///
/// As cron reads them, with two refusals. A day of month and a day of week, both restricted, mean "or" to some crons
/// and "and" to others, so that is ambiguous here; and an expression that no date ever fits is an error, not silence.
///
/// <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html>
package struct CronExpression: Equatable, Sendable {
    private let minutes: Set<Int>
    private let hours: Set<Int>
    private let daysOfMonth: Set<Int>
    private let months: Set<Int>
    /// 0 is Sunday.
    private let daysOfWeek: Set<Int>

    package struct Malformed: Error, Equatable, Sendable {
        /// A clause: "has 4 fields instead of 5".
        package let complaint: String
    }

    package init(parsing text: String) throws(Malformed) {
        let fields = text.utf8.split { $0 == ASCII.space || $0 == ASCII.tab }.map { Array($0) }
        guard fields.count == 5 else {
            throw Malformed(complaint: "has \(fields.count) fields instead of 5: minute hour day month weekday")
        }
        minutes = try Self.values(fields[0], "minute", 0...59)
        hours = try Self.values(fields[1], "hour", 0...23)
        daysOfMonth = try Self.values(fields[2], "day of month", 1...31)
        months = try Self.values(fields[3], "month", 1...12, names: Self.monthNames)
        // 7 is Sunday too.
        daysOfWeek = Set(try Self.values(fields[4], "day of week", 0...7, names: Self.dayNames).map { $0 % 7 })
        guard daysOfMonth.count == 31 || daysOfWeek.count == 7 else {
            throw Malformed(
                complaint: "restricts the day of month and the day of week, which crons combine in different ways")
        }
        guard isSatisfiable else { throw Malformed(complaint: "never comes: no month has such a day") }
    }

    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    private static func values(
        _ field: [UInt8], _ noun: String, _ range: ClosedRange<Int>, names: [String] = []
    ) throws(Malformed) -> Set<Int> {
        var values: Set<Int> = []
        for part in field.split(separator: ASCII.comma, omittingEmptySubsequences: false) {
            guard let some = Self.part(part, range, names) else {
                throw Malformed(
                    complaint: "has a \(noun) that is not one of \(range.lowerBound) to \(range.upperBound)")
            }
            values.formUnion(some)
        }
        return values
    }

    /// `*`, `5`, `1-5`, `*/15`, `10-40/10`, or names instead of numbers.
    private static func part(_ part: ArraySlice<UInt8>, _ range: ClosedRange<Int>, _ names: [String]) -> [Int]? {
        let pieces = part.split(separator: ASCII.slash, omittingEmptySubsequences: false)
        guard (1...2).contains(pieces.count) else { return nil }
        var step = 1
        if pieces.count == 2 {
            guard let number = number(pieces[1], []), number > 0 else { return nil }
            step = number
        }
        if pieces[0].elementsEqual("*".utf8) {
            return Array(stride(from: range.lowerBound, through: range.upperBound, by: step))
        }
        let ends = pieces[0].split(separator: ASCII.minus, omittingEmptySubsequences: false)
        let offset = range.lowerBound == 1 ? 1 : 0
        guard (1...2).contains(ends.count), let first = number(ends[0], names, offset),
            let last = ends.count == 2 ? number(ends[1], names, offset) : pieces.count == 2 ? range.upperBound : first,
            first <= last, range.contains(first), range.contains(last)
        else { return nil }
        return Array(stride(from: first, through: last, by: step))
    }

    private static func number(_ text: ArraySlice<UInt8>, _ names: [String], _ offset: Int = 0) -> Int? {
        if let index = names.firstIndex(where: { text.map(\.asciiLowercased).elementsEqual($0.utf8) }) {
            return index + offset
        }
        guard (1...4).contains(text.count), text.allSatisfy(\.isASCIIDigit) else { return nil }
        return Int(String(decoding: text, as: UTF8.self))
    }

    private var isSatisfiable: Bool {
        let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return months.contains { month in daysOfMonth.contains { $0 <= longest[month - 1] } }
    }
}

extension CronExpression {
    /// The first moment after `moment` that fits.
    package func next(after moment: Timestamp) -> Timestamp {
        // 29 February comes again within eight years, so this loop ends.
        var day = Day(containing: moment)
        while true {
            if fits(day) {
                for hour in hours.sorted() {
                    for minute in minutes.sorted() {
                        let candidate = day.start + (hour * 3_600 + minute * 60)
                        if candidate > moment { return candidate }
                    }
                }
            }
            day = day.next
        }
    }

    /// The last moment not after `moment` that fits; `nil` where `bound` is not before it.
    package func latest(until moment: Timestamp, after bound: Timestamp) -> Timestamp? {
        var day = Day(containing: moment)
        while day.end > bound {
            if fits(day) {
                for hour in hours.sorted(by: >) {
                    for minute in minutes.sorted(by: >) {
                        let candidate = day.start + (hour * 3_600 + minute * 60)
                        if candidate <= moment { return candidate > bound ? candidate : nil }
                    }
                }
            }
            day = day.previous
        }
        return nil
    }

    private func fits(_ day: Day) -> Bool {
        months.contains(day.month) && daysOfMonth.contains(day.dayOfMonth) && daysOfWeek.contains(day.dayOfWeek)
    }
}

/// A day in UTC.
private struct Day {
    /// Days since 1970-01-01.
    let number: Int
    let month: Int
    let dayOfMonth: Int

    init(containing moment: Timestamp) {
        self.init(number: moment.secondsSince1970.flooredDividing(by: 86_400))
    }

    private init(number: Int) {
        self.number = number
        let text = Timestamp(secondsSince1970: number * 86_400).rfc3339.utf8
        month = Int(String(decoding: text.dropFirst(5).prefix(2), as: UTF8.self)) ?? 1
        dayOfMonth = Int(String(decoding: text.dropFirst(8).prefix(2), as: UTF8.self)) ?? 1
    }

    var start: Timestamp { Timestamp(secondsSince1970: number * 86_400) }

    /// 1970-01-01 was a Thursday.
    var dayOfWeek: Int { ((number + 4) % 7 + 7) % 7 }

    var end: Timestamp { next.start }

    var next: Day { Day(number: number + 1) }

    var previous: Day { Day(number: number - 1) }
}

extension Int {
    fileprivate func flooredDividing(by divisor: Int) -> Int {
        self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
    }
}
