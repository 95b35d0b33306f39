import Foundation
import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

@Suite("libcrypto")
struct LibCryptoTests {
    // FIPS 180-2, appendix B, and https://csrc.nist.gov/projects/cryptographic-algorithm-validation-program
    @Test(
        "computes SHA-256 as its standard says",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ])
    func sha256(text: String, digest: String) throws {
        #expect(try LibCrypto().sha256(Secret(text)).hexadecimal == digest)
    }
}

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
