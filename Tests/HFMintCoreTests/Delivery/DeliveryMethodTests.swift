import HFMintCore
import Testing

@Suite("delivery method")
struct DeliveryMethodTests {
    @Test(
        "is read as help spells it",
        arguments: [
            ("auto", .auto), ("shell", .shell), ("env", .env), ("output", .output), ("stdout", .stdout),
            ("env-file", .environmentFile(nil)), ("env-file=/a", .environmentFile("/a")),
            ("token-file", .tokenFile(nil)),
            ("token-file=a=b", .tokenFile("a=b")),
        ] as [(String, DeliveryMethod)])
    func reads(text: String, method: DeliveryMethod) throws {
        #expect(try DeliveryMethod(parsing: text) == method)
        #expect(text.hasPrefix(method.name))
        #expect(DeliveryMethod.words.contains { $0.hasPrefix(method.name) })
    }

    @Test(
        "refuses everything else",
        arguments: [
            "", "Shell", "shell=x", "env=x", "env-file=", "token-file=", "stdout=-", "auto=1", "=", "envfile", " shell",
            "file",
        ])
    func refuses(text: String) {
        let error = #expect(throws: MintError.self) { try DeliveryMethod(parsing: text) }
        #expect(error?.code == .usage)
    }
}
