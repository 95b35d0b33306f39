import Foundation
import HFMintCore
import HFMintSystem
import Testing

@Suite("system clock")
struct SystemClockTests {
    @Test("tells the time that Foundation tells")
    func now() {
        let difference = SystemClock().now().secondsSince1970 - Int(Date().timeIntervalSince1970)
        #expect(abs(difference) <= 1)
    }

    @Test("never goes back, and waits at least as long as it is asked to", arguments: [0, 1, 20])
    func sleeps(milliseconds: Int) {
        let clock = SystemClock()
        let start = clock.uptime()
        clock.sleep(for: .milliseconds(milliseconds))
        #expect(clock.uptime() - start >= .milliseconds(milliseconds))
    }
}
