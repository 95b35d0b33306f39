@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("marks in descriptions")
struct SpaceMarkTests {
    private static let digest = "9f31c2a47be0d85512aa03fe"
    private let mark = SpaceMark(app: "apps/chat.json5", generation: 7, version: "3", digest: digest)
    private let text = "[hfmint 1 apps/chat.json5 g7 k:\(digest) v:3]"

    @Test("stand behind the user's text")
    func put() {
        #expect(mark.put(into: nil) == text)
        #expect(mark.put(into: "") == text)
        #expect(mark.put(into: "for the model") == "for the model \(text)")
        #expect(SpaceMark(app: "a", generation: 1).put(into: "x") == "x [hfmint 1 a g1]")
        #expect(SpaceMark(in: "for the model \(text)") == mark)
        #expect(SpaceMark(in: "\(text) and what was added") == mark)
    }

    @Test("replace all others, and leave the user's text as it is")
    func replaced() {
        let old = SpaceMark(app: "b", generation: 6).put(into: "for [the] model")
        #expect(mark.put(into: old) == "for [the] model \(text)")
        #expect(mark.put(into: "\(old) more") == "for [the] model  more \(text)")
        #expect(mark.put(into: "\(text)\(text) \(text)") == text)
        // What becomes a mark once another one is gone.
        #expect(mark.put(into: "[hfmint 1 a \(text)g1]") == text)
        #expect(mark.put(into: mark.put(into: old)) == mark.put(into: old))
        #expect(SpaceMark.text(of: "\u{202E}é\u{1B}[31m \(text)") == "\u{202E}é\u{1B}[31m")
    }

    @Test(
        "are not what another version or another hand wrote",
        arguments: [
            "", "[]", "hfmint 1 a g1", "[hfmint 2 a g1]", "[hfmint 1 a]", "[hfmint 1 g1]", "[hfmint 1 a g0]",
            "[hfmint 1 a g01]", "[hfmint 1 a g-1]", "[hfmint 1 a g1234567890]", "[hfmint 1  a g1]", "[hfmint 1 a g1 ]",
            "[hfmint 1 a g1 k:9f31]", "[hfmint 1 a g1 k:9F31C2A47BE0D85512AA03FE]", "[hfmint 1 a g1 v:]",
            "[hfmint 1 a g1 v:3 k:9f31c2a47be0d85512aa03fe]", "[hfmint 1 ä g1]", "[hfmint 1 a:b g1]",
            "[hfmint 1 a\0 g1]", "[ hfmint 1 a g1]", "[hfmint\t1 a g1]", "[hfmint 1 a g1 x]",
        ])
    func others(description: String) {
        #expect(SpaceMark(in: description) == nil)
        #expect(SpaceMark.text(of: description) == description)
    }

    @Test(
        "name an app and a version of any text, and know them again",
        arguments: ["apps/chat.json5", "", "a b]", "ä\"\u{202E}", "../x", String(repeating: "long/", count: 99)])
    func words(word: String) {
        let mark = SpaceMark(app: word, generation: 1, version: word)
        #expect(SpaceMark(in: mark.put(into: "x")) == mark)
        #expect(mark.isOf(app: word) && mark.isOf(version: word))
        #expect(!mark.isOf(app: word + "x") && !mark.isOf(version: word + "x"))
        #expect(mark.put(into: nil).utf8.count < 512)
    }

    @Test("are in the tags of an endpoint, in whatever order these come")
    func tags() {
        let tags = mark.put(intoTags: ["mine", "hfmint-old", "hfmint-g6"])
        #expect(
            tags == ["mine", "hfmint-apps/chat.json5", "hfmint-g7", "hfmint-k:\(Self.digest)", "hfmint-v:3"])
        #expect(SpaceMark(inTags: tags) == mark)
        #expect(SpaceMark(inTags: tags.reversed()) == mark)
        #expect(SpaceMark(inTags: ["mine"]) == nil && SpaceMark(inTags: tags + ["hfmint-x"]) == nil)
    }

    @Test("digest a value for one name of one resource under one key")
    func digests() throws {
        let machine = FakeMachine(signatures: TestSignatures()).context.machine
        func digest(_ value: String, _ name: String, _ resource: String, _ key: String) throws -> String {
            try SpaceMark.digest(of: Secret(value), name: name, in: resource, key: Secret(key), by: machine)
        }
        let all = [
            try digest("v", "K", "spaces/a/b", "k"), try digest("w", "K", "spaces/a/b", "k"),
            try digest("v", "L", "spaces/a/b", "k"), try digest("v", "K", "spaces/a/c", "k"),
            try digest("v", "K", "spaces/a/b", "l"),
        ]
        #expect(Set(all).count == all.count)
        #expect(all.allSatisfy { $0.utf8.isHexadecimal(count: 24) })
        #expect(try digest("v", "K", "spaces/a/b", "k") == all[0])
        #expect(SpaceMark.digest(joining: all) == SpaceMark.digest(joining: all.reversed()))
        #expect(SpaceMark.digest(joining: all).utf8.isHexadecimal(count: 24))
        #expect(SpaceMark.digest(joining: all) != SpaceMark.digest(joining: Array(all.dropLast())))
    }
}
