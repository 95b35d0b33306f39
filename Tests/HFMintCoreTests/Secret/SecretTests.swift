@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("secret")
struct SecretTests {
    @Test("keeps every byte it is given, in order", arguments: [0, 1, 2, 255, 65_536])
    func keepsBytes(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 31) }
        let fromCollection = Secret(copying: bytes)
        let fromSpan = Secret(copying: bytes.span)

        let isSame = fromCollection.revealedBytes() == bytes && fromSpan.revealedBytes() == bytes
        let count = (fromCollection.byteCount, fromSpan.byteCount)
        #expect(isSame)
        #expect(count == (bytes.count, bytes.count))
    }

    @Test("is enclosed without a change to itself")
    func encloses() {
        let secret = Secret("middle")
        let enclosed = secret.enclosed(by: "before ", and: " after")

        let (text, original) = (enclosed.revealedText(), secret.revealedText())
        #expect(text == "before middle after")
        #expect(original == "middle")
    }

    @Test("duplicates into memory of its own")
    func duplicates() {
        func copy() -> Secret {
            let original = Secret("the bytes")
            return original.duplicate()
        }
        let text = copy().revealedText()
        #expect(text == "the bytes")
    }

    @Test("overwrites all of the memory that it wipes, and nothing beside it")
    func wipes() {
        // What is freed cannot be looked at, so the function that `deinit` calls is given memory that lives on.
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 66, alignment: 1)
        defer { unsafe memory.deallocate() }
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0xAA)
        unsafe wipe(UnsafeMutableRawBufferPointer(rebasing: memory[1..<65]))

        let bytes = unsafe Array(memory)
        #expect(bytes == [0xAA] + [UInt8](repeating: 0, count: 64) + [0xAA])
    }

    @Test("wipes an empty memory without touching anything")
    func wipesNothing() {
        unsafe wipe(UnsafeMutableRawBufferPointer(start: nil, count: 0))
    }

    @Test(
        "loses the line breaks at its end, and no more",
        arguments: [
            ("a", "a"), ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a"), ("a\r", "a"), ("a\r\r\n", "a"),
            ("a\n \n", "a\n "),
            ("\n", ""), ("\r\n", ""), ("", ""), (" a \n", " a "), ("\na", "\na"),
        ])
    func trailingLineBreak(given: String, kept: String) {
        let text = Secret(given).withoutTrailingLineBreak().revealedText()
        #expect(text.utf8.elementsEqual(kept.utf8))
    }

    @Test("is shared by several owners")
    func shared() {
        let shared = SharedSecret(Secret("shared"))
        let owners = [shared, shared]
        #expect(owners.map { $0.secret.revealedText() } == ["shared", "shared"])
    }

    @Test("joins texts and tokens in order")
    func joins() {
        let token = BearerToken(Secret("hf_jwt_abcdefgh"))
        let joined = Secret(joining: [.text("A="), .token(token), .text("\n"), .text(""), .token(token)])
        let text = joined.revealedText()
        #expect(text == "A=hf_jwt_abcdefgh\nhf_jwt_abcdefgh")
    }
}
