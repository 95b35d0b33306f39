@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("secret buffer")
struct SecretBufferTests {
    @Test("collects pieces up to its capacity, to the byte")
    func collects() {
        var buffer = SecretBuffer(capacity: 10)
        buffer.append("abc")
        buffer.append(Secret("defg"))
        buffer.append(UInt8(ascii: "h"))
        let added = unsafe buffer.fill { room in
            unsafe room.copyBytes(from: "ij".utf8)
            return room.count
        }

        let text = buffer.finish().revealedText()
        #expect(added == 2)
        #expect(text == "abcdefghij")
    }

    @Test("keeps nothing of a piece that does not fit", arguments: [0, 1, 3])
    func refuses(capacity: Int) {
        var buffer = SecretBuffer(capacity: capacity)
        let fits = unsafe "abcd".utf8.withContiguousStorageIfAvailable { bytes in
            unsafe buffer.appendIfRoom(UnsafeRawBufferPointer(bytes))
        }
        let count = buffer.byteCount
        #expect(fits == false)
        #expect(count == 0)
    }

    @Test("counts nothing for a read that failed")
    func failedRead() {
        var buffer = SecretBuffer(capacity: 4)
        let answer = unsafe buffer.fill { _ in -1 }
        let count = buffer.byteCount
        #expect(answer == -1)
        #expect(count == 0)
    }

    @Test("can be finished twice, into two secrets")
    func finishesTwice() {
        var buffer = SecretBuffer(capacity: 2)
        buffer.append("a")
        let first = buffer.finish()
        buffer.append("b")
        let texts = [first.revealedText(), buffer.finish().revealedText()]
        #expect(texts == ["a", "ab"])
    }

    @Test("is sealed with what it holds, in more room than that and in just enough", arguments: [2, 9])
    func seals(capacity: Int) {
        var buffer = SecretBuffer(capacity: capacity)
        buffer.append("ab")
        #expect(buffer.seal().revealedText() == "ab")
    }

    @Test("can be sealed empty", arguments: [0, 9])
    func sealsNothing(capacity: Int) {
        #expect(SecretBuffer(capacity: capacity).seal().revealedText() == "")
    }
}
