import HFMintCore
import Testing

@Suite("mint error")
struct MintErrorTests {
    @Test("has for every code a meaning, a stable name and an exit status", arguments: MintError.Code.allCases)
    func complete(code: MintError.Code) {
        #expect(!code.meaning.isEmpty)
        #expect(code.meaning.first?.isUppercase == false && code.meaning.last != ".")
        #expect(code.rawValue.utf8.allSatisfy { $0.isASCIILowercase || $0 == ASCII.minus })
        #expect(![.success, .bug].contains(code.exitStatus))
    }

    @Test(
        "never changes a name or a status that scripts match on",
        arguments: [
            ("usage", 2), ("endpoint-refused", 2), ("identity-not-found", 3), ("identity-denied", 3),
            ("identity-unsuitable", 3), ("identity-unavailable", 4), ("event-untrusted", 3), ("exchange-rejected", 3),
            ("answer-invalid", 4), ("server-untrusted", 3), ("service-unavailable", 4), ("delivery-refused", 2),
            ("state-unusable", 5), ("library-missing", 5), ("proxy-refused", 3),
        ] as [(String, Int32)])
    func stable(name: String, status: Int32) {
        #expect(MintError.Code(rawValue: name)?.exitStatus.rawValue == status)
    }

    @Test("tells its codes apart by name and by meaning")
    func distinct() {
        let codes = MintError.Code.allCases
        #expect(Set(codes.map(\.meaning)).count == codes.count)
        #expect(MintError.ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6])
    }
}
