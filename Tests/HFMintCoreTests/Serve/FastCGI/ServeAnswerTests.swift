import HFMintCore
import Testing

@Suite("answers to a web server")
struct ServeAnswerTests {
    @Test("takes no value that could add a header", arguments: ["a\r\nX: y", "a\nb", "a\0", "a\u{7F}", "ä", "a\tb"])
    func injection(text: String) {
        #expect(ServeAnswer.Value(text) == nil)
        #expect(ServeAnswer.Value(bearer: SharedSecret(Secret(copying: Array(text.utf8)))) == nil)
    }

    @Test("takes no value that is too long")
    func length() {
        let longest = String(repeating: "x", count: 4_096)
        #expect(ServeAnswer.Value(longest) != nil)
        #expect(ServeAnswer.Value(longest + "x") == nil)
        #expect(ServeAnswer.Value(bearer: SharedSecret(Secret(copying: Array(longest.utf8)))) == nil)
    }

    @Test("takes a token only in visible ASCII")
    func token() {
        #expect(ServeAnswer.Value(bearer: SharedSecret(Secret(copying: Array("hf_abc".utf8)))) != nil)
        #expect(ServeAnswer.Value(bearer: SharedSecret(Secret(copying: Array("hf_a c".utf8)))) == nil)
    }
}
