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

    /// Scripts match on them.
    private static let statuses: [String: Int32] = [
        "usage": 2, "endpoint-refused": 2, "delivery-refused": 2, "manifest-invalid": 2,
        "identity-not-found": 3, "identity-denied": 3, "identity-unsuitable": 3, "identity-unverified": 3,
        "event-untrusted": 3, "exchange-rejected": 3, "scopes-exceeded": 3, "server-untrusted": 3,
        "proxy-refused": 3, "issuer-refused": 3, "policy-denied": 3, "request-refused": 3, "checks-failed": 3,
        "audit-broken": 3, "front-open": 3,
        "identity-unavailable": 4, "answer-invalid": 4, "service-unavailable": 4,
        "state-unusable": 5, "library-missing": 5, "network-forbidden": 5, "audit-unavailable": 5,
        "rotation-attention": 6, "drift-found": 6, "access-gained": 6, "migration-unsure": 6, "front-unclear": 6,
        "plan-stale": 3, "wave-failed": 6,
    ]

    @Test("never changes the name or the exit status of a code")
    func namesAndStatusesAreStable() {
        let codes = MintError.Code.allCases.map { ($0.rawValue, $0.exitStatus.rawValue) }
        #expect(Dictionary(uniqueKeysWithValues: codes) == Self.statuses)
    }

    @Test("tells its codes apart by name and by meaning")
    func distinct() {
        let codes = MintError.Code.allCases
        #expect(Set(codes.map(\.meaning)).count == codes.count)
        #expect(MintError.ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6])
    }
}
