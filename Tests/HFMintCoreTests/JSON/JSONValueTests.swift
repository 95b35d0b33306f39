import Foundation
import HFMintCore
import HFMintTesting
import Testing

@Suite("json writer")
struct JSONValueTests {
    private func rendered(_ value: JSONValue) -> String { value.rendered().revealedText() }

    @Test("writes one line, with members in the order in which they are given")
    func order() {
        let value: JSONValue = [
            "z": .integer(-1), "a": .array([.null, .bool(true), .bool(false), .array([]), .object([])]),
            "none": .string(nil), "some": .string("x" as String?),
        ]
        #expect(rendered(value) == #"{"z":-1,"a":[null,true,false,[],{}],"none":null,"some":"x"}"#)
    }

    @Test(
        "escapes what JSON, a terminal or a log reader could trip over",
        arguments: [
            ("\"\\", #""\"\\""#), ("\n\r\t", #""\n\r\t""#), ("\0\u{1B}\u{1F}", #""\u0000\u001b\u001f""#),
            ("\u{7F}\u{80}\u{9F}", #""\u007f\u0080\u009f""#), ("/é🤗", #""/é🤗""#), ("\r\n", #""\r\n""#),
        ])
    func escapes(text: String, json: String) {
        #expect(rendered(.string(text)) == json)
        #expect(rendered(.object([.init(text, .null)])) == "{\(json):null}")
    }

    @Test("writes a token's bytes as a string")
    func token() {
        let token = BearerToken(Secret("hf_jwt_a.b-c_d~e+f/g="))
        #expect(rendered(["access_token": .token(token)]) == #"{"access_token":"hf_jwt_a.b-c_d~e+f/g="}"#)
    }

    @Test("is read back, by itself and by Foundation, as what was written")
    func roundTrip() throws {
        let scalars = (0..<0x300).compactMap { Unicode.Scalar($0 as UInt32) } + ["\u{2028}", "\u{FEFF}", "🤗"]
        let text = String(String.UnicodeScalarView(scalars))
        let json = rendered(.string(text))

        let ours = try JSONText(Array(json.utf8))
        let theirs = try JSONDecoder().decode(String.self, from: Data(json.utf8))
        #expect(ours.string(ours.root) == Array(text.utf8))
        #expect(Array(theirs.utf8) == Array(text.utf8))
    }
}
