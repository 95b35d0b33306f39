import HFMintCore
import HFMintTesting
import Testing

@Suite("marks of files, and drawn words")
struct FileMarkTests {
    private let mark = FileMark(
        FileIdentity(device: 1, inode: 2, madeAt: 3), byteCount: 4, modifiedAt: 5, wasEmpty: true)

    @Test("say the same when they are read back, on whatever device")
    func roundTrip() {
        #expect(mark.attribute.equals("1 2 3 4 5 empty"))
        #expect(FileMark(attribute: mark.attribute, device: 1) == mark)
        let moved = FileMark(attribute: mark.attribute, device: 9)
        #expect(moved?.identity == FileIdentity(device: 9, inode: 2, madeAt: 3))
    }

    @Test(
        "are nobody's in any other spelling",
        arguments: [
            "", "1", "1 2 3 4 5", "1 2 3 4 5 full", "2 2 3 4 5 none", "1 +2 3 4 5 none", "1 02 3 4 5 none",
            "1 2 3 -4 5 none", "1 2 3 4 5 none ", "1  2 3 4 5 none", "1 2 3 4 99999999999999999999 none",
            "1 2 3 4 5 none\n",
        ])
    func otherSpellings(text: String) {
        #expect(FileMark(attribute: Array(text.utf8), device: 1) == nil)
    }

    @Test("hold of the same file as it was left")
    func holds() {
        #expect(mark.holds(of: FileMark(mark.identity, byteCount: 4, modifiedAt: 5)))
        #expect(!mark.holds(of: FileMark(mark.identity, byteCount: 3, modifiedAt: 5)))
        #expect(!mark.holds(of: FileMark(mark.identity, byteCount: 4, modifiedAt: 6)))
        #expect(!mark.holds(of: FileMark(FileIdentity(device: 1, inode: 8, madeAt: 3), byteCount: 4, modifiedAt: 5)))
    }

    @Test("a word is known again, and what a person would write is not one")
    func words() {
        var random = SeededRandom(seed: 22)
        for _ in 0..<1_000 {
            let word = DrawnWord.draw(from: random.next())
            #expect(DrawnWord.isDrawn(word.utf8))
            let drawn = word.utf8.map { $0 }
            #expect(!DrawnWord.isDrawn(drawn.dropLast()))
            #expect(!DrawnWord.isDrawn(drawn[1...] + [drawn[0] == 0x30 ? 0x31 : 0x30]))
        }
        for word in ["", "abc123", "old", "backup", "0123456789abc", "aaaaaaaaaaaaa", "0000000000000"] {
            #expect(!DrawnWord.isDrawn(word.utf8))
        }
    }
}
