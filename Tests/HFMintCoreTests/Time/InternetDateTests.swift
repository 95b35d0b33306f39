import HFMintCore
import Testing

@Suite("internet dates")
struct InternetDateTests {
    @Test(
        "are read in the forms that JSON APIs write",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-21T03:04:05Z", 1_795_230_245),
            ("2026-11-21T03:04:05.9999999Z", 1_795_230_245), ("2026-11-21t03:04:05z", 1_795_230_245),
            ("2026-11-21T04:04:05+01:00", 1_795_230_245), ("2026-11-20T21:34:05-05:30", 1_795_230_245),
            ("2024-02-29T00:00:00Z", 1_709_164_800), ("2000-03-01T00:00:00Z", 951_868_800),
            ("1969-12-31T23:59:59Z", -1), ("9999-12-31T23:59:59Z", 253_402_300_799),
        ])
    func read(text: String, seconds: Int) {
        #expect(Timestamp(internetDate: text) == Timestamp(secondsSince1970: seconds))
    }

    @Test("are what RFC 3339 is written as", arguments: (0..<50).map { $0 * 97_654_321 })
    func roundTrip(seconds: Int) {
        let moment = Timestamp(secondsSince1970: seconds)
        #expect(Timestamp(internetDate: moment.rfc3339) == moment)
    }

    @Test(
        "and nothing else is one",
        arguments: [
            "", "2026-11-21", "2026-11-21T03:04:05", "2026-11-21 03:04:05Z", "2026-13-21T03:04:05Z",
            "2026-11-21T24:04:05Z", "2026-11-21T03:04:05.Z", "2026-11-21T03:04:05+1:00", "2026-11-21T03:04:05+0100",
            "2026-11-21T03:04:05ZZ", "2026-00-21T03:04:05Z", "２026-11-21T03:04:05Z", "2026-11-21T03:04:05+24:00",
        ])
    func refuse(text: String) { #expect(Timestamp(internetDate: text) == nil) }
}
