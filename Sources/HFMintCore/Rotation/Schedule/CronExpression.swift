/// Five fields: minute, hour, day of month, month, day of week; in UTC.
package struct CronExpression: Equatable, Sendable {
    package let minutes: Set<Int>
    package let hours: Set<Int>
    package let daysOfMonth: Set<Int>
    package let months: Set<Int>
    /// 0 is Sunday.
    package let daysOfWeek: Set<Int>
}
