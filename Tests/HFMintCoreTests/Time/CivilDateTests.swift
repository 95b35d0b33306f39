import Testing

@testable import HFMintCore

@Suite("civil dates")
struct CivilDateTests {
    @Test(
        "are those of the Gregorian calendar",
        arguments: [
            (0, 1970, 1, 1), (-1, 1969, 12, 31), (11_016, 2000, 2, 29), (11_017, 2000, 3, 1), (-25_509, 1900, 2, 28),
            (-25_508, 1900, 3, 1), (47_540, 2100, 2, 28), (47_541, 2100, 3, 1), (-719_528, 0, 1, 1),
            (-719_529, -1, 12, 31),
        ])
    func known(number: Int, year: Int, month: Int, day: Int) {
        let date = CivilDate(daysSince1970: number)
        #expect((date.year, date.month, date.day) == (year, month, day))
        #expect(CivilDate.daysSince1970(year: year, month: month, day: day) == number)
    }

    @Test("follow one another for 800 years, each month as long as it is")
    func consecutive() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var (year, month, day) = (1600, 1, 1)
        for number in CivilDate.daysSince1970(year: 1600, month: 1, day: 1)..<157_000 {
            let date = CivilDate(daysSince1970: number)
            guard (date.year, date.month, date.day) == (year, month, day) else {
                Issue.record("day \(number) is \(date), not \(year)-\(month)-\(day)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let length = lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)
            (year, month, day) =
                day < length ? (year, month, day + 1) : month < 12 ? (year, month + 1, 1) : (year + 1, 1, 1)
        }
    }

    @Test("carry a day that the month does not have into the next one")
    func carried() {
        #expect(CivilDate(daysSince1970: CivilDate.daysSince1970(year: 2026, month: 2, day: 30)).month == 3)
    }
}
