import HFMintCore
import Testing

@Suite("the nearest word")
struct NearestWordTests {
    @Test(
        "is a slip of the keyboard away, or there is none",
        arguments: [
            ("reder", ["writer", "reader"], "reader"), ("publsher", ["publisher", "published"], "publisher"),
            ("Reader", ["reader"], "reader"), ("xy", ["ab"], nil), ("", ["a"], "a"), ("a", [""], ""), ("", [], nil),
            ("operator", ["administrator"], nil), ("abcd", ["abdc"], nil), ("abcdef", ["abdcef"], "abdcef"),
        ] as [(String, [String], String?)])
    func found(typed: String, words: [String], expected: String?) {
        #expect(nearestWord(to: typed, among: words) == expected)
    }

    /// The plain way: every row whole, and every word to its end.
    private func plainDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var next = [index + 1]
            for column in right.indices {
                next.append(
                    min(row[column] + (byte == right[column] ? 0 : 1), row[column + 1] + 1, next[column] + 1))
            }
            row = next
        }
        return row[right.count]
    }

    @Test("is the one that a look at every byte finds", arguments: 0..<20)
    func same(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func draw(_ count: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(count))
        }
        func word() -> String { String(decoding: (0..<draw(13)).map { _ in UInt8(97 + draw(3)) }, as: UTF8.self) }
        for _ in 0..<200 {
            let (typed, words) = (word(), (0..<draw(6)).map { _ in word() })
            let near = words.map { ($0, plainDistance(Array(typed.utf8), Array($0.utf8))) }.min { $0.1 < $1.1 }
            let most = max(1, min(3, typed.utf8.count / 3))
            #expect(nearestWord(to: typed, among: words) == near.flatMap { $0.1 <= most ? $0.0 : nil })
        }
    }
}
