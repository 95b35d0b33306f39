@testable import HFMintCore
import Testing

/// What crons read in two ways; that others read them so is shown in `test_rotate_oracles.py`.
@Suite("cron expressions")
struct CronExpressionTests {
    private func complaint(_ text: String) -> String? {
        do throws(Malformed) {
            _ = try CronExpression(parsing: text)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(
        "two day fields are refused unless one is a star in words, or both are full",
        arguments: [
            ("1", "1"), ("1-31", "1"), ("1", "0-6"), ("1", "1-7"), ("1", "0-7"), ("1", "sun-sat"), ("*/1", "1"),
            ("1", "*/1"),
            ("1-15,16-31", "fri"), ("*/2", "0"), ("13", "*/2"), ("*,5", "1"), ("5,*", "1"), ("1", "0,1,2,3,4,5,6"),
            ("1", "mon"),
        ])
    func days(day: String, weekday: String) {
        let complaint = complaint("0 0 \(day) * \(weekday)") ?? ""
        #expect(complaint.contains("'\(day)'") && complaint.contains("'\(weekday)'"))
        #expect(complaint.contains("either") && complaint.contains("both"))
        #expect(self.complaint("0 0 \(day) * *") == nil)
        #expect(self.complaint("0 0 * * \(weekday)") == nil)
    }

    @Test(
        "what is every day to everybody is taken",
        arguments: ["0 0 1-31 * 0-6", "0 0 */1 * */1", "0 0 1-15,16-31 * sun-sat", "0 0 * * 1-7", "0 0 *,5 * *"])
    func everyDay(text: String) {
        #expect(complaint(text) == nil)
    }

    @Test(
        "what is read in two ways is refused with both",
        arguments: [
            ("5/10 * * * *", "5 alone to some crons and 5-59/10 to others"), ("* 3/4 * * *", "3 alone"),
            ("* * 2/5 * *", "2-31/5"), ("* * * feb/3 *", "2-12/3"), ("* * * * mon/2", "1-6/2"),
            ("* * * * 7/2", "7 alone"),
            ("0 0 * 10-10 *", "10 alone to some crons and the whole way around"), ("5-5/1 * * * *", "write 5"),
            ("* * * * 7-7", "7 alone"), ("50-10 * * * *", "write 50-59,0-10"), ("* 23-0 * * *", "write 23,0"),
            ("* * 31-1 * *", "write 31,1"), ("* * * nov-feb *", "write 11-12,1-2"),
            ("* * * * fri-mon", "write 5-6,0-1"),
            ("* * * * sat-sun", "write 6,0"), ("* * * * 7-3", "write 0-3"), ("50-10/5 * * * *", "goes around"),
            ("* * ? * *", "write '*'"), ("* * * * ?", "write '*'"),
        ])
    func twoWays(text: String, words: String) {
        #expect(complaint(text)?.contains(words) == true, "\(complaint(text) ?? "taken")")
    }

    @Test(
        "a step that cannot step is refused",
        arguments: [
            "*/0 * * * *", "*/60 * * * *", "* */24 * * *", "* * */31 * *", "* * * */12 *", "* * * * */7",
            "10-20/11 * * * *",
            "* * * mar-may/3 *", "0-0/0 * * * *", "*/00 * * * *", "*/9999 * * * *",
        ])
    func steps(text: String) {
        let words = complaint(text) ?? ""
        #expect(words.contains("cannot step") || words.contains("the whole way around"), "\(words)")
    }

    @Test(
        "the longest step that steps is taken",
        arguments: [
            "*/59 * * * *", "* */23 * * *", "* * */30 * *", "* * * */11 *", "* * * * */6", "10-20/10 * * * *",
            "* * * * 1-7/6",
        ])
    func longestSteps(text: String) {
        #expect(complaint(text) == nil)
    }

    @Test(
        "signs of other crons are named",
        arguments: [
            ("@daily", "'0 0 * * *'"), ("@Weekly", "'0 0 * * 0'"), ("@reboot", "no time"), ("@every 5m", "every"),
            ("@never", "nickname"), ("TZ=UTC 0 0 * * *", "UTC"), ("CRON_TZ=Asia/Tokyo 0 0 * * *", "UTC"),
            ("H * * * *", "jitter"), ("H(0-29)/10 * * * *", "jitter"), ("R * * * *", "jitter"),
            ("0~59 * * * *", "jitter"),
            ("0 0 L * *", "few crons"), ("0 0 l * *", "few crons"), ("0 0 LW * *", "few crons"),
            ("0 0 15W * *", "few crons"),
            ("0 0 L-3 * *", "few crons"), ("0 0 * * 5L", "few crons"), ("0 0 * * fri#2", "few crons"),
            ("0 0 * * friL", "few crons"),
            ("0 0 * * 5#6", "few crons"), ("0 0 30 2 *", "never comes"), ("0 0 31 4,6,9,11 *", "never comes"),
            ("0 0 * * * 0", "6 fields"), ("0 0 * *", "4 fields"), ("", "0 fields"), ("60 * * * *", "0 to 59: '60'"),
            ("* * 0 * *", "1 to 31"), ("* * * 0 *", "1 to 12"), ("* * * * 8", "0 to 7"),
            ("1,,2 * * * *", "0 to 59: ''"),
            ("-5 * * * *", "0 to 59"), ("+5 * * * *", "0 to 59"), ("1-2-3 * * * *", "0 to 59"),
            ("1/2/3 * * * *", "0 to 59"),
            ("*/x * * * *", "no number"), ("*-5 * * * *", "0 to 59"), ("٣ * * * *", "0 to 59"),
            ("* * * mon *", "1 to 12"),
            ("0\u{A0}0 * * * *", "0 to 59"), ("*/ * * * *", "no number"), ("*/-5 * * * *", "no number"),
        ])
    func signs(text: String, words: String) {
        #expect(complaint(text)?.contains(words) == true, "\(complaint(text) ?? "taken")")
    }

    @Test("a field of any length makes a sentence")
    func long() {
        let words = complaint("\(String(repeating: "9", count: 100_000)) * * * *") ?? ""
        #expect(words.utf8.count < 200 && words.contains("…"))
    }
}
