package import HFMintCore

extension Secret {
    /// The bytes as text, for comparison in a test.
    package borrowing func revealedText() -> String { String(decoding: revealedBytes(), as: UTF8.self) }

    package borrowing func revealedBytes() -> [UInt8] { reveal { $0.bytes } }
}

extension Secret {
    package init(_ text: String) {
        self.init(copying: text.utf8)
    }
}
