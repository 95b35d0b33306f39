@testable import HFMintCore
import HFMintTesting
import Testing

/// Returns why `text` is refused, or nil where it is accepted.
private func refusal(_ text: [UInt8], limits: JSONLimits = .answer) -> Malformed? {
    do throws(Malformed) {
        _ = try JSONText(text, limits: limits)
        return nil
    } catch {
        return error
    }
}

@Suite("json reader")
struct JSONReaderTests {
    @Test(
        "refuses what is not JSON, and says why and where",
        arguments: [
            ("", .unexpectedEnd, 0), (" ", .unexpectedEnd, 1), ("{", .unexpectedEnd, 1), ("[1,", .unexpectedEnd, 3),
            ("\"abc", .unexpectedEnd, 4), ("tru", .unexpectedEnd, 3), ("{\"a\"", .unexpectedEnd, 4),
            ("truE", .unexpectedByte, 3), ("{a:1}", .unexpectedByte, 1), ("[1,]", .unexpectedByte, 3),
            ("{\"a\":1,}", .unexpectedByte, 7), ("[1 2]", .unexpectedByte, 3), ("'a'", .unexpectedByte, 0),
            ("{\"a\" 1}", .unexpectedByte, 5), ("+1", .unexpectedByte, 0), (".5", .unexpectedByte, 0),
            ("NaN", .unexpectedByte, 0), ("// c\n1", .unexpectedByte, 0), ("\u{FEFF}1", .unexpectedByte, 0),
            ("\u{A0}1", .unexpectedByte, 0), ("1 1", .trailingBytes, 2), ("{}x", .trailingBytes, 2),
            ("null\0", .trailingBytes, 4), ("01", .trailingBytes, 1), ("-", .badNumber, 1), ("1.", .badNumber, 2),
            ("1e", .badNumber, 2), ("1e+", .badNumber, 3), ("-a", .badNumber, 1), ("1.e1", .badNumber, 2),
            ("\"\\x\"", .badEscape, 2), ("\"\\u12G4\"", .badEscape, 5), ("\"\\u123\"", .badEscape, 6),
            ("\"\\U0041\"", .badEscape, 2), ("\"a\nb\"", .lineBreak, 2), ("\"\r\"", .lineBreak, 1),
            ("\"\t\"", .controlCharacter, 1),
            ("\"\0\"", .controlCharacter, 1), ("\"\\udc00\"", .loneSurrogate, 7),
            ("\"\\ud800\\u0041\"", .loneSurrogate, 13), ("\"\\ud800\\n\"", .loneSurrogate, 8),
            ("\"\\ud800\"", .loneSurrogate, 7), ("\"\\ud800x\"", .loneSurrogate, 7),
            ("{\"a\":1,\"a\":2}", .duplicateName, 7), ("{\"a\":1,\"\\u0061\":2}", .duplicateName, 7),
            ("[{\"b\":{\"a\":1,\"a\":1}}]", .duplicateName, 13),
        ] as [(String, JSONFault, Int)])
    func refuses(text: String, fault: JSONFault, offset: Int) {
        #expect(refusal(Array(text.utf8)) == Malformed(fault, at: offset))
    }

    @Test(
        "refuses strings that are not UTF-8",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xE0, 0x9F, 0xBF], [0xE0, 0xA0],
            [0xE2, 0x82], [0xE2, 0x82, 0x20], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x90, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0xA4, 0x20], [0xFF],
        ] as [[UInt8]])
    func refusesInvalidUTF8(bytes: [UInt8]) {
        #expect(refusal([ASCII.quote] + bytes + [ASCII.quote])?.fault == .invalidUTF8)
        #expect(refusal([ASCII.quote] + bytes)?.fault == .invalidUTF8)
    }

    @Test("accepts names that are one only to people: another composition, another case")
    func distinctNames() throws {
        let names = ["\u{E9}", "e\u{301}", "\u{C9}", ""]
        let members = names.enumerated().map { "\"\($1)\":\($0 + 1)" }.joined(separator: ",")
        let text = try JSONText(Array("{\(members)}".utf8))
        #expect(text.root.members?.count == 4)
        #expect(text.integer(text.root["e\u{301}"]) == 2)
        #expect(text.integer(text.root[""]) == 4)
    }

    @Test(
        "resolves every escape",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\ud83e\udd17""#, "🤗"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\ud800\udc00""#, "\u{10000}"),
            (#""\u0000""#, "\0"), (#""""#, ""), (#""\\u0041""#, "\\u0041"),
        ])
    func escapes(text: String, value: String) throws {
        let json = try JSONText(Array(text.utf8))
        #expect(json.string(json.root) == Array(value.utf8))
        let secret = json.root.secret(in: json.bytes.span)?.revealedText()
        #expect(secret?.utf8.elementsEqual(value.utf8) == true)
    }

    @Test("knows where each value stands")
    func positions() throws {
        let text = try JSONText(Array(#" { "a" : [ -1.5e+3 , "x\ny" , null ] } "#.utf8))
        let list = try #require(text.root["a"]?.elements)
        func slice(_ node: JSONNode) -> String { String(decoding: text.bytes[node.range], as: UTF8.self) }
        #expect(list.map(slice) == ["-1.5e+3", #"x\ny"#, "null"])
        #expect(list.map(\.value) == [.number, .string, .null])
        #expect(slice(text.root).hasPrefix("{") && slice(text.root).hasSuffix("}"))
    }

    @Test("answers nil for a value of another type", arguments: ["null", "true", "1", "[]", "{}"])
    func otherTypes(text: String) throws {
        let json = try JSONText(Array(text.utf8))
        #expect(json.string(json.root) == nil)
        #expect(json.root["a"] == nil)
        let secret = json.root.secret(in: json.bytes.span)?.byteCount
        #expect(secret == nil)
        #expect((json.root.elements == nil) == (text != "[]"))
        #expect((json.root.members == nil) == (text != "{}"))
    }

    @Test(
        "reads as an integer only what is written as one, and fits",
        arguments: [
            ("0", 0), ("-0", 0), ("42", 42), ("-7", -7), ("9223372036854775807", Int.max),
            ("-9223372036854775808", Int.min), ("9223372036854775808", nil), ("1.0", nil), ("1e3", nil), ("\"1\"", nil),
            ("true", nil), ("1E0", nil), ("99999999999999999999999", nil),
        ] as [(String, Int?)])
    func integers(text: String, number: Int?) throws {
        let json = try JSONText(Array(text.utf8))
        #expect(json.integer(json.root) == number)
    }

    @Test("stops at its limits, and not one before")
    func limits() {
        let limits = JSONLimits(byteCount: 40, depth: 3, nodeCount: 6)
        func fault(_ text: String) -> JSONFault? { refusal(Array(text.utf8), limits: limits)?.fault }
        #expect(fault("[[[1]]]") == nil)
        #expect(fault("[[[[1]]]]") == .tooDeep)
        #expect(fault(#"{"a":{"a":{"a":{"a":1}}}}"#) == .tooDeep)
        #expect(fault("[1,2,3,4,5]") == nil)
        #expect(fault("[1,2,3,4,5,6]") == .tooManyValues)
        #expect(fault("1" + String(repeating: " ", count: 39)) == nil)
        #expect(fault("1" + String(repeating: " ", count: 40)) == .tooLarge)
    }

    @Test("survives the deepest nesting that fits into an answer", arguments: ["[", "{\"a\":"])
    func deepNesting(opening: String) {
        let text = String(repeating: opening, count: (64 << 10) / opening.utf8.count)
        #expect(refusal(Array(text.utf8))?.fault == .tooDeep)
    }
}
