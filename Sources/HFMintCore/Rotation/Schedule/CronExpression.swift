/// A cron expression in UTC: minute, hour, day of month, month, day of week.
///
/// Refuses an expression that crons read in two ways, and names both, as ``CronField`` does. Refuses one that fits no
/// date.
///
/// <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html>
package struct CronExpression: Equatable, Sendable {
    private let minutes: Set<Int>
    private let hours: Set<Int>
    private let daysOfMonth: Set<Int>
    private let months: Set<Int>
    /// 0 is Sunday.
    private let daysOfWeek: Set<Int>

    package init(parsing text: String) throws(Malformed) {
        let fields = text.utf8.split { $0 == ASCII.space || $0 == ASCII.tab }.map { Array($0) }
        if let complaint = Self.complaint(aboutWordsIn: fields) { throw Malformed(complaint) }
        guard fields.count == 5 else {
            throw Malformed("has \(fields.count) fields instead of 5: minute hour day month weekday")
        }
        minutes = try CronField(fields[0], CronField.Kind(noun: "minute", range: 0...59)).values
        hours = try CronField(fields[1], CronField.Kind(noun: "hour", range: 0...23)).values
        let days = try CronField(fields[2], CronField.Kind(noun: "day of month", range: 1...31))
        months = try CronField(fields[3], CronField.Kind(noun: "month", range: 1...12, names: Self.monthNames)).values
        let weekdays = try CronField(
            fields[4], CronField.Kind(noun: "day of week", range: 0...7, names: Self.dayNames, lastOfStar: 6))
        daysOfMonth = days.values
        // 7 is Sunday too.
        daysOfWeek = Set(weekdays.values.map { $0 % 7 })
        let isEveryDay = daysOfMonth.count == 31 && daysOfWeek.count == 7
        guard days.isStar || weekdays.isStar || isEveryDay else {
            throw Malformed(
                "has the day of month '\(days.text)' and the day of week '\(weekdays.text)': to some crons"
                    + " a day that fits either, to others one that fits both; write '*' for one of them")
        }
        guard isSatisfiable else { throw Malformed("never comes: no month has such a day") }
    }

    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// The meaning of each nickname to cron.
    ///
    /// <https://man7.org/linux/man-pages/man5/crontab.5.html>
    private static let nicknames = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    /// Returns what is wrong with words that some crons take in place of five fields, or before them.
    private static func complaint(aboutWordsIn fields: [[UInt8]]) -> String? {
        guard let first = fields.first else { return nil }
        if first.contains(ASCII.equals) { return "names a time zone, and every schedule is in UTC" }
        guard first.first == UInt8(ascii: "@") else { return nil }
        let word = String(decoding: first.prefix(20).map(\.asciiLowercased), as: UTF8.self)
        if word == "@reboot" { return "is '@reboot', which is no time: 'every' counts from the last rotation" }
        if word == "@every" { return "is '@every', which is a key here: write every: \"30d\" in place of cron" }
        return nicknames[word].map { "is a nickname of some crons: write '\($0)'" }
            ?? "is a nickname of some crons: write five fields, minute hour day month weekday"
    }

    private var isSatisfiable: Bool {
        let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return months.contains { month in daysOfMonth.contains { $0 <= longest[month - 1] } }
    }
}

extension CronExpression {
    /// Returns the first moment after `moment` that fits.
    package func next(after moment: Timestamp) -> Timestamp {
        // 29 February comes again within eight years, so this loop ends.
        var day = Self.day(of: moment)
        while true {
            if let found = moments(on: day).first(where: { $0 > moment }) { return found }
            day += 1
        }
    }

    /// Returns the last moment up to `moment` that fits, or nil if it is not after `bound`.
    package func latest(until moment: Timestamp, after bound: Timestamp) -> Timestamp? {
        for day in (Self.day(of: bound)...max(Self.day(of: bound), Self.day(of: moment))).reversed() {
            guard let found = moments(on: day).last(where: { $0 <= moment }) else { continue }
            return found > bound ? found : nil
        }
        return nil
    }

    /// Returns the day of a moment, counted from 1970-01-01.
    private static func day(of moment: Timestamp) -> Int {
        moment.secondsSince1970.dividedDown(by: 86_400).quotient
    }

    /// Returns the moments of a day that fit, in their order.
    private func moments(on day: Int) -> [Timestamp] {
        let date = CivilDate(daysSince1970: day)
        // 1970-01-01 was a Thursday.
        let dayOfWeek = (day + 4).dividedDown(by: 7).remainder
        guard months.contains(date.month), daysOfMonth.contains(date.day), daysOfWeek.contains(dayOfWeek)
        else { return [] }
        let start = Timestamp(secondsSince1970: day * 86_400)
        return hours.sorted().flatMap { hour in minutes.sorted().map { start + (hour * 3_600 + $0 * 60) } }
    }
}
