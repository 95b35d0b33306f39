import Glibc
import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

@Suite("libsodium")
struct LibSodiumTests {
    /// Of the secret key 00 01 … 1f.
    private let publicKey = Hexadecimal.bytes("8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f")

    @Test(
        "seals what libsodium opens again with the private key",
        arguments: ["", "hf_example_client_secret", String(repeating: "A", count: 100)])
    func opens(text: String) throws {
        let box = try LibSodium().seal(Secret(text), to: publicKey)
        #expect(box.count == text.utf8.count + 48)
        #expect(try open(box) == Array(text.utf8))
        #expect(try LibSodium().seal(Secret(text), to: publicKey) != box)
    }

    @Test("opens, here in the test, a box that was made without libsodium")
    func vector() throws {
        let box = "358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254e8fc8fa335fc59478ec68fa0a0bba143"
        #expect(try open(Hexadecimal.bytes(box)) == [])
    }

    @Test("takes no key of another length, and none that is no point", arguments: [0, 31, 33])
    func malformedKey(count: Int) {
        #expect(throws: MintError(.answerInvalid, "the public key is not of 32 bytes")) {
            try LibSodium().seal(Secret("x"), to: [UInt8](repeating: 9, count: count))
        }
        #expect(throws: MintError(.answerInvalid, "libsodium takes no such public key")) {
            try LibSodium().seal(Secret("x"), to: [UInt8](repeating: 0, count: 32))
        }
    }

    private typealias Open =
        @convention(c) (
            UnsafeMutablePointer<UInt8>, UnsafePointer<UInt8>, UInt64, UnsafePointer<UInt8>, UnsafePointer<UInt8>
        ) -> CInt

    private func open(_ box: [UInt8]) throws -> [UInt8]? {
        let library = unsafe try #require(dlopen("libsodium.so.23", RTLD_NOW))
        let symbol = unsafe try #require(dlsym(library, "crypto_box_seal_open"))
        let function = unsafe unsafeBitCast(symbol, to: Open.self)
        var message = [UInt8](repeating: 0, count: max(1, box.count - 48))
        let secretKey = [UInt8](0..<32)
        let status = unsafe function(&message, box, UInt64(box.count), publicKey, secretKey)
        return status == 0 ? Array(message.prefix(box.count - 48)) : nil
    }
}

private enum Hexadecimal {
    static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.utf8.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
