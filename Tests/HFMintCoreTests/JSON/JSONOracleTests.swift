import Foundation
import HFMintCore
import HFMintTesting
import Testing

/// Foundation's reader as the oracle: the same texts accepted, with the same values.
///
/// The differences are deliberate, and each is named in ``Difference``.
@Suite("json reader beside Foundation's")
struct JSONOracleTests {
    /// Where hfmint and Foundation may disagree.
    private enum Difference {
        /// hfmint: an object has a name once. Foundation takes one of the values silently.
        case duplicateName
        /// hfmint: 32 levels. Foundation: 512.
        case depth
        /// hfmint: a number may be of any size until its value is asked for. Foundation refuses 1e400.
        case numberRange
        /// hfmint refuses half of a surrogate pair in an escape; Foundation's versions differ.
        case loneSurrogate
        /// Foundation on Linux takes a comma after the last item; RFC 8259 does not.
        case trailingComma
        /// Foundation skips a byte order mark, and reads UTF-16 and UTF-32, which it tells by their zeros.
        case encoding
    }

    private func difference(_ text: [UInt8], _ ours: Malformed?) -> Difference? {
        switch ours?.fault {
        case .duplicateName: return .duplicateName
        case .tooDeep: return .depth
        case .loneSurrogate: return .loneSurrogate
        case .unexpectedByte where isAfterComma(text, ours?.offset ?? 0): return .trailingComma
        default: break
        }
        if ours == nil && containsHugeNumber(text) { return .numberRange }
        if text.prefix(4).contains(0)
            || [[0xEF, 0xBB, 0xBF], [0xFE, 0xFF], [0xFF, 0xFE]].contains(where: { text.starts(with: $0) })
        {
            return .encoding
        }
        return nil
    }

    /// Whether some run of number characters means infinity, or has more digits than Foundation keeps.
    private func containsHugeNumber(_ text: [UInt8]) -> Bool {
        text.split { !($0.isASCIIDigit || "+-.eE".utf8.contains($0)) }.contains { run in
            run.count > 15 || Double(String(decoding: run, as: UTF8.self))?.isFinite == false
        }
    }

    /// Whether a closing bracket stands at `offset`, and a comma before it.
    private func isAfterComma(_ text: [UInt8], _ offset: Int) -> Bool {
        offset < text.count && "]}".utf8.contains(text[offset])
            && text[..<offset].last { !" \t\n\r".utf8.contains($0) } == ASCII.comma
    }

    private func check(_ text: [UInt8]) {
        let ours: JSONText?
        var error: Malformed?
        do throws(Malformed) {
            ours = try JSONText(text)
        } catch let thrown {
            (ours, error) = (nil, thrown)
        }
        let theirs = try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
        guard difference(text, error) == nil else { return }
        let shown = String(decoding: text, as: UTF8.self)
        #expect((ours == nil) == (theirs == nil), "\(shown): \(error.map { "\($0)" } ?? "accepted")")
        if let ours, let theirs { #expect(isSame(ours.root, in: ours, theirs), "\(shown)") }
    }

    private func isSame(_ node: JSONNode, in text: JSONText, _ value: Any) -> Bool {
        switch node.value {
        case .null: return value is NSNull
        case .bool(let bool): return (value as? NSNumber)?.boolValue == bool
        case .number:
            let written = String(decoding: text.bytes[node.range], as: UTF8.self)
            return (value as? NSNumber)?.doubleValue == Double(written)
        case .string: return (value as? String).map { Array($0.utf8) } == text.string(node)
        case .array(let elements):
            guard let values = value as? [Any], values.count == elements.count else { return false }
            return zip(elements, values).allSatisfy { isSame($0, in: text, $1) }
        case .object(let members):
            guard let values = value as? [String: Any] else { return false }
            // A dictionary of strings takes two compositions of one name as the same.
            let names = Set(members.map { String(decoding: $0.name, as: UTF8.self) })
            guard names.count == members.count else { return true }
            return values.count == members.count
                && members.allSatisfy { member in
                    values[String(decoding: member.name, as: UTF8.self)].map { isSame(member.node, in: text, $0) }
                        ?? false
                }
        }
    }

    @Test(
        "agrees on a table of texts",
        arguments: [
            "{}", "[]", "null", "true", "false", "0", "-0", "-1.5E-3", "\"\"", " [ ] ", "\t{\r\n}\n", "[[[]]]",
            #"{"a":{"b":[1,2,{"c":null}]}}"#, #"["\u00e9","é","e\u0301"]"#, #""\ud83e\udd17""#, "[1,2", "[1 2]",
            "{\"a\"}",
            "{\"a\":}", "{,}", "[,]", "tru", "nul", "True", "-", "--1", "1.", ".1", "1e", "01", "-01", "0x1",
            "Infinity",
            "\"a", "\"\\\"", "\"\\q\"", "\"\\u00\"", "'a'", "[1,]", "{\"a\":1,}", "/**/1", "1//", "{}{}", "[]]",
            "\u{0B}1",
            "\"\u{7F}\"", "\"\u{85}\u{2028}\"", "1E400", "123456789012345678901234567890", "{\"\":0}", "[\"\\/\"]",
        ])
    func table(text: String) {
        check(Array(text.utf8))
    }

    @Test("agrees on generated texts, and on what damage makes of them", arguments: 1...8 as ClosedRange<UInt64>)
    func generated(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            var text = generate(depth: 4, &random)
            check(text)
            for _ in 0..<3 {
                damage(&text, &random)
                check(text)
            }
        }
    }

    private func generate(depth: Int, _ random: inout SeededRandom) -> [UInt8] {
        let space = Array(["", "", " ", "\n\t "].randomElement(using: &random)?.utf8 ?? "".utf8)
        let count = Int.random(in: 0...3, using: &random)
        let value: [UInt8]
        switch Int.random(in: 0...(depth > 0 ? 7 : 5), using: &random) {
        case 0: value = Array("null".utf8)
        case 1: value = Array((Bool.random(using: &random) ? "true" : "false").utf8)
        case 2: value = Array("\(Int.random(in: -1_000...1_000, using: &random))".utf8)
        case 3: value = Array("\(Double.random(in: -1e6...1e6, using: &random).rounded() / 64)".utf8)
        case 4, 5: value = string(&random)
        case 6:
            let items = (0..<count).map { _ in generate(depth: depth - 1, &random) }
            value = Array("[".utf8) + items.joined(separator: ",".utf8) + Array("]".utf8)
        default:
            let items = (0..<count).map { _ in string(&random) + [ASCII.colon] + generate(depth: depth - 1, &random) }
            value = Array("{".utf8) + items.joined(separator: ",".utf8) + Array("}".utf8)
        }
        return space + value + space
    }

    private func string(_ random: inout SeededRandom) -> [UInt8] {
        let pieces = ["a", "é", "€", "🤗", #"\n"#, #"\u0041"#, #"\ud83e\udd17"#, #"\\"#, #"\""#, "/", "x", "0"]
        let chosen = (0..<Int.random(in: 0...5, using: &random)).compactMap { _ in pieces.randomElement(using: &random)
        }
        return Array("\"\(chosen.joined())\"".utf8)
    }

    /// One byte more, less, or other.
    private func damage(_ text: inout [UInt8], _ random: inout SeededRandom) {
        let bytes = Array(#"{}[]",:\ue0-+.t 'é"#.utf8) + [0x00, 0x1F, 0x80, 0xC3, 0xED, 0xFF]
        let byte = bytes.randomElement(using: &random) ?? 0
        let position = Int.random(in: 0...text.count, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: text.insert(byte, at: position)
        case 1 where position < text.count: text.remove(at: position)
        case 2 where position < text.count: text[position] = byte
        default: break
        }
    }
}
