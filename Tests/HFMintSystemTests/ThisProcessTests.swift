import Foundation
import HFMintCore
import HFMintSystem
import Testing

@Suite("this process")
struct ThisProcessTests {
    @Test("has the environment that Foundation sees")
    func environment() {
        let ours = ThisProcess.environment
        for (name, value) in ProcessInfo.processInfo.environment where !value.isEmpty {
            #expect(ours[Environment.Key(name)] == value)
        }
    }
}
