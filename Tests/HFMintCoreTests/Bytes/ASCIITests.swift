import HFMintCore
import Testing

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

    @Test(
        "finds a part where it first stands",
        arguments: [
            ("abcabc", "abc", 0, 0..<3), ("abcabc", "abc", 1, 3..<6), ("abcabc", "abc", 4, nil), ("ab", "abc", 0, nil),
            ("ABC", "abc", 0, nil), ("aab", "ab", 0, 1..<3), ("abc", "", 3, 3..<3), ("", "a", 0, nil),
        ] as [(String, String, Int, Range<Int>?)])
    func finds(text: String, part: String, start: Int, place: Range<Int>?) {
        let found = Array(text.utf8).span.range(of: part, from: start)
        #expect(found == place)
    }

    @Test("finds words in either case only where asked to")
    func ignoresCase() {
        let text = Array("Slow Down".utf8)
        let found = [text.span.holds("slow down"), text.span.holds("slow down", ignoringCase: true)]
        #expect(found == [false, true])
    }
}
