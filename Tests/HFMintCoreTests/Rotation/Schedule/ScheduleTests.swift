import Foundation
@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("schedules")
struct ScheduleTests {
    private static let day = 86_400
    /// 2026-11-21T03:04:05Z, a Saturday.
    private let now = FrozenClock.usualNow

    private func cron(_ text: String) throws -> Schedule.Pattern { .cron(try CronExpression(parsing: text)) }

    private func at(_ text: String) throws -> Timestamp {
        let date = try #require(ISO8601DateFormatter().date(from: text))
        return Timestamp(secondsSince1970: Int(date.timeIntervalSince1970))
    }

    @Test("enabling one rotates nothing: the first slot comes after that moment")
    func enabling() throws {
        let schedule = Schedule(try cron("0 3 * * *"), name: "app")
        #expect(schedule.timing(at: now, anchor: now, expiry: nil) == .waiting(until: try at("2026-11-22T03:00:00Z")))
    }

    @Test("several missed slots are one")
    func missed() throws {
        let schedule = Schedule(try cron("0 3 * * *"), name: "app")
        let anchor = now + -40 * Self.day
        #expect(schedule.timing(at: now, anchor: anchor, expiry: nil) == .due(slot: try at("2026-11-21T03:00:00Z")))
        let every = Schedule(.every(7 * Self.day), name: "app")
        #expect(every.timing(at: now, anchor: anchor, expiry: nil) == .due(slot: anchor + 35 * Self.day))
    }

    @Test("beyond its window a slot has passed, and the next one counts")
    func window() throws {
        let schedule = Schedule(try cron("0 1 * * *"), window: 2 * 3_600, name: "app")
        let next = Schedule.Timing.waiting(until: try at("2026-11-22T01:00:00Z"))
        #expect(schedule.timing(at: now, anchor: now + -Self.day, expiry: nil) == next)
        let slot = try at("2026-11-21T01:00:00Z")
        #expect(schedule.timing(at: slot + 7_200, anchor: now + -Self.day, expiry: nil) == .due(slot: slot))
    }

    @Test("a clock that went back behind the last slot does nothing")
    func clock() throws {
        let schedule = Schedule(try cron("* * * * *"), name: "app")
        #expect(schedule.timing(at: now, anchor: now + 1, expiry: nil) == .clockWentBack(lastSlot: now + 1))
    }

    @Test("a secret that is about to expire is due; a fresh one of a short life is not")
    func expiry() throws {
        let schedule = Schedule(try cron("0 0 1 1 *"), name: "app")
        func timing(left: Int, of life: Int) -> Schedule.Timing {
            schedule.timing(
                at: now, anchor: now + -1, expiry: .init(at: now + left, since: now + (left - life)))
        }
        #expect(timing(left: 6 * Self.day, of: 90 * Self.day) == .due(slot: now))
        #expect(timing(left: -1, of: 90 * Self.day) == .due(slot: now))
        #expect(timing(left: 5 * Self.day, of: 5 * Self.day) != .due(slot: now))
        #expect(timing(left: Self.day, of: 5 * Self.day) == .due(slot: now))
    }

    @Test("jitter is drawn from the name: the same on each machine, and never more than was said")
    func jitter() throws {
        let delays = (0..<200).map { Schedule(.every(60), jitter: 1_800, name: "app-\($0)").delay }
        #expect(delays == (0..<200).map { Schedule(.every(60), jitter: 1_800, name: "app-\($0)").delay })
        #expect(delays.allSatisfy { (0...1_800).contains($0) })
        #expect(Set(delays).count > 150)
        let schedule = Schedule(try cron("0 3 * * *"), jitter: 1_800, name: "app-1")
        let slot = try at("2026-11-21T03:00:00Z")
        let (anchor, begins) = (slot + -60, slot + schedule.delay)
        #expect(schedule.timing(at: begins + -1, anchor: anchor, expiry: nil) == .waiting(until: begins))
        #expect(schedule.timing(at: begins, anchor: anchor, expiry: nil) == .due(slot: slot))
    }

    @Test(
        "the shortest time between two slots is found",
        arguments: [
            ("* * * * *", 60), ("*/7 * * * *", 240), ("0 */5 * * *", 14_400), ("0 3 * * *", 86_400),
            ("0 3 * * 1,2", 86_400), ("0 3 * * 6", 604_800), ("0 0,23 1,2 * *", 3_600), ("0 3 1,31 * *", 86_400),
            ("0 3 29 2 *", 1_461 * 86_400), ("59 23 31 12 *", 365 * 86_400),
        ])
    func shortestGap(text: String, seconds: Int) throws {
        #expect(try cron(text).shortestGap == seconds)
        #expect(Schedule.Pattern.every(seconds).shortestGap == seconds)
    }

    @Test("the next times of a plan are those at which a run would begin")
    func upcoming() throws {
        let schedule = Schedule(try cron("30 4 1 * *"), name: "app")
        let times = schedule.upcoming(2, after: now, anchor: now + -1_000 * Self.day)
        #expect(times.map(\.rfc3339) == ["2026-12-01T04:30:00Z", "2027-01-01T04:30:00Z"])
        let every = Schedule(.every(10 * Self.day), name: "app")
        #expect(
            every.upcoming(2, after: now, anchor: now + -25 * Self.day) == [now + 5 * Self.day, now + 15 * Self.day])
    }

    @Test(
        "looking back finds what looking forward finds",
        arguments: [
            "* * * * *", "*/7 3,9 * * *", "0 0 29 2 *", "5 4 31 1-12/2 *", "59 23 * * 0", "0 12 1 1 *",
        ])
    func backwards(text: String) throws {
        let expression = try CronExpression(parsing: text)
        var random = SeededRandom(seed: 7)
        for _ in 0..<40 {
            let moment = now + Int.random(in: -2_000 * Self.day...2_000 * Self.day, using: &random)
            let next = expression.next(after: moment)
            #expect(expression.latest(until: next, after: moment) == next)
            #expect(expression.latest(until: next + -1, after: moment) == nil)
        }
    }

    @Test(
        "what crons read in different ways, or never comes, is refused",
        arguments: [
            "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *",
            "* * * * 8",
            "5-1 * * * *", "*/0 * * * *", "*/x * * * *", "1,,2 * * * *", "@daily", "0 0 31 2 *", "0 0 30 2 *",
            "0 0 31 4,6 *",
            "0 0 1 * 1", "0 0 */2 * 0", "H * * * *", "~ * * * *", "0 0 L * *", "-1 * * * *", "1/2/3 * * * *",
        ])
    func refused(text: String) {
        #expect(throws: Malformed.self) { try CronExpression(parsing: text) }
    }
}
