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

@Suite("percent-encoding")
struct PercentEncodingTests {
    @Test(
        "leaves the unreserved characters, and encodes every other byte in capitals",
        arguments: [
            ("", ""), ("AZaz09-._~", "AZaz09-._~"), ("https://huggingface.co", "https%3A%2F%2Fhuggingface.co"),
            ("a b+c&d=e#f?g", "a%20b%2Bc%26d%3De%23f%3Fg"), ("é", "%C3%A9"), ("e\u{301}", "e%CC%81"), ("%", "%25"),
            ("\0\n\r", "%00%0A%0D"), ("🤗", "%F0%9F%A4%97"),
        ])
    func encodes(text: String, encoded: String) {
        #expect(percentEncoded(text) == encoded)
    }
}

@Suite("fingerprint")
struct FingerprintTests {
    // Computed with Python's integers: the offset basis and the prime 2^88 + 0x13B of
    // https://datatracker.ietf.org/doc/draft-eastlake-fnv/, each field behind its length as eight bytes.
    @Test(
        "names files as it always did, as their names outlive a version of hfmint",
        arguments: [
            ([], "6c62272e07bb014262b821756295c58d"),
            ([""], "9d30c1f78465995be47dda5e4e4e77ed"),
            (["a"], "c94cfa058103b41226dbb20a5a8c35a1"),
            (["a", ""], "f2b7a8fcbbffbdc5e9bb7525c085f581"),
            (["", "a"], "f5a535e52c06dd2ef3685728150efc81"),
            (["ab", "c"], "92f931d6d929a9074ff5bb95f1a06cf8"),
            (["a", "bc"], "9c03b13d48ba9b9f1321159a8f065870"),
            (["acme/model"], "e2f8b3ea772b38cf6e767b5318a9d5f3"),
            (
                ["github-actions", "https://github.com", "acme/training", "1", "1", "publish"],
                "2166fada7dd7c12c49d41927e9cf90d7"
            ),
        ])
    func vectors(fields: [String], name: String) {
        #expect(fingerprint(fields.map { Array($0.utf8) }) == name)
    }

    @Test("takes every byte into account")
    func everyByte() {
        #expect(fingerprint([Array(0...255)]) == "4cd20e3f25ca9c93acfdeda7ab3fe654")
    }
}

@Suite("printable text")
struct PrintableTextTests {
    @Test(
        "escapes what could start a line, a command, or another direction",
        arguments: [
            ("a\nb", #"a\nb"#), ("a\r\n::add-mask::b", #"a\r\n::add-mask::b"#), ("\u{1B}[31m", #"\u{1B}[31m"#),
            ("\0", #"\0"#), ("\u{7F}", #"\u{7F}"#), ("\u{85}", #"\u{0085}"#),
            ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#),
            ("\u{202E}abc", #"\u{202E}abc"#), ("\u{200B}", #"\u{200B}"#), ("\u{FEFF}", #"\u{FEFF}"#),
            ("\u{E000}", #"\u{E000}"#), ("a\tb", #"a\tb"#), ("a\u{0B}\u{0C}b", #"a\u{0B}\u{0C}b"#),
        ])
    func escapes(text: String, shown: String) {
        #expect(text.printable == shown)
        #expect(text.printable.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    @Test("leaves everything else", arguments: ["", "plain", "naïve Größe", "日本語", "\"quoted\" \\ 'it'", "🤗"])
    func leaves(text: String) {
        #expect(text.printable == text)
    }
}

@Suite("ascii")
struct ASCIITests {
    @Test("classifies every byte as C's locale does")
    func classes() {
        for byte in UInt8.min ... .max {
            let scalar = Unicode.Scalar(byte)
            let isASCII = byte < 0x80
            #expect(byte.isASCIIDigit == ("0"..."9").contains(scalar))
            #expect(byte.isASCIILetter == (isASCII && scalar.properties.isAlphabetic))
            #expect(byte.isASCIIControl == (isASCII && scalar.properties.generalCategory == .control))
            #expect(byte.isASCIIVisible == (isASCII && !byte.isASCIIControl && byte != ASCII.space))
            #expect(byte.hexDigitValue.map(Int.init) == (isASCII ? Character(scalar).hexDigitValue : nil))
            #expect(byte.asciiLowercased == (isASCII ? String(scalar).lowercased().utf8.first : byte))
        }
    }

    @Test("compares bytes, not characters")
    func comparesBytes() {
        let composed = Array("é".utf8)
        #expect(composed.equals("é"))
        #expect(!composed.equals("e\u{301}"))
        let inSpan = ["é", "e\u{301}", "x"].map { composed.span.equals($0, in: 0..<2) }
        #expect(inSpan == [true, false, false])
        #expect([0x00, 0x0F, 0xA0, 0xFF].hexadecimal == "000fa0ff")
    }
}
