import HFMintCore
import Testing

@Suite("a list of words")
struct ListingTests {
    @Test(
        "names the first 20, and counts the rest",
        arguments: [(0, ""), (1, "1"), (3, "1, 2, 3"), (20, nil), (21, " and 1 more"), (40, " and 20 more")]
            as [(Int, String?)])
    func counts(count: Int, end: String?) {
        let text = listed((0..<count).map { "\($0 + 1)" })
        if count < 20 { #expect(text == end) } else { #expect(text.hasSuffix("19, 20\(end ?? "")")) }
    }
}
