import HFMintCore
import HFMintTesting
import Testing

@Suite("base64url")
struct Base64URLTests {
    private func decode(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        return Base64URL.decode(bytes.span)
    }

    // https://www.rfc-editor.org/rfc/rfc4648#section-10, without padding
    @Test(
        "decodes the vectors of RFC 4648",
        arguments: [
            ("", ""), ("Zg", "f"), ("Zm8", "fo"), ("Zm9v", "foo"), ("Zm9vYg", "foob"), ("Zm9vYmE", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ])
    func vectors(encoded: String, decoded: String) {
        #expect(decode(encoded) == Array(decoded.utf8))
    }

    // https://www.rfc-editor.org/rfc/rfc7515#appendix-C
    @Test("decodes the vector of RFC 7515, which uses both of its own letters")
    func ownLetters() {
        #expect(decode("A-z_4ME") == [3, 236, 255, 224, 193])
    }

    @Test(
        "refuses what is not canonical",
        arguments: [
            "Zg==", "Zg=", "Zm8=", "Z", "Zm9vY", "Zh", "Zm9", "A+z/4ME", "Zm 9v", "Zm9v\n", "Zm9v\r\n", ".", "Zm9v\0",
            "Zm9vé", "Zg==Zg==", " Zg", "\u{FEFF}Zg",
        ])
    func refuses(text: String) {
        #expect(decode(text) == nil)
    }

    @Test("gives back whatever was encoded, and accepts one spelling of it alone")
    func roundTrip() {
        var random = SeededRandom(seed: 1)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let text = base64URL(bytes)
            #expect(decode(text) == bytes)
            #expect(Base64URL.encode(bytes) == text)
            guard count % 3 != 0, let last = text.last else { continue }
            // The last letter has bits to spare: every other one that stands for the same bytes is refused.
            let others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".filter { $0 != last }
            #expect(!others.contains { decode(text.dropLast() + String($0)) == bytes })
        }
    }
}
