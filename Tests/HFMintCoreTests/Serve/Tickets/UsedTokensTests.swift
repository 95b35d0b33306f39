@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

@Suite("used ID tokens")
struct UsedTokensTests {
    private let machine = FakeMachine(files: MemoryFiles(privateBases: ["/state"]))
    private let soon = FrozenClock.usualNow + 300

    private func directory() throws -> any PrivateDirectory {
        let candidate = DirectoryCandidate(base: "/state", components: ["hfmint"])
        return try #require(try machine.files.openPrivateDirectory(candidate, making: true))
    }

    private func use(
        _ used: UsedTokens, _ claims: [String: ClaimValue] = ["iss": "i", "jti": "1"], role: String? = nil,
        resource: String? = "acme/model", limit: Int = 1, until: Timestamp? = nil
    ) throws -> Bool {
        try use(used, text: unsignedJWT(claims), role: role, resource: resource, limit: limit, until: until)
    }

    private func use(
        _ used: UsedTokens, text: String, role: String? = nil, resource: String? = "acme/model", limit: Int = 1,
        until: Timestamp? = nil
    ) throws -> Bool {
        let idToken = try IDToken.parse(Secret(text))
        return try used.use(
            idToken, for: .init(role: role, resource: try TestPolicy.resource(resource)), limit: limit,
            until: until ?? soon)
    }

    @Test("are used once", arguments: [true, false])
    func once(isDurable: Bool) throws {
        let used = try UsedTokens(in: isDurable ? try directory() : nil, context: machine.context)
        #expect(try use(used))
        #expect(try !use(used))
        #expect(try use(used, ["iss": "i", "jti": "2"]))
        #expect(try use(used, ["iss": "j", "jti": "1"]))
        // The same id in another spelling of the same claims.
        #expect(try !use(used, ["iss": "i", "jti": "1", "sub": "other"]))
        #expect(try use(used, ["iss": "ij", "jti": "1"]))
        #expect(try use(used, ["iss": "i", "jti": "j1"]))
    }

    @Test("are known by what was signed where there is no jti", arguments: [nil, "", 1, ["1"]] as [ClaimValue?])
    func withoutID(id: ClaimValue?) throws {
        let used = try UsedTokens(in: nil, context: machine.context)
        var claims: [String: ClaimValue] = ["iss": "i", "iat": 1]
        claims["jti"] = id
        #expect(try use(used, claims))
        #expect(try !use(used, claims))
        claims["iat"] = 2
        #expect(try use(used, claims))
        // Anybody can make a second signature of ES256 out of the first.
        let other = unsignedJWT(claims).split(separator: ".").dropLast().joined(separator: ".")
        #expect(try !use(used, text: "\(other).AAAA"))
    }

    @Test("are used several times where the manifest says so, for one purpose")
    func several() throws {
        let used = try UsedTokens(in: try directory(), context: machine.context)
        #expect(try use(used, role: "a", limit: 3))
        #expect(try !use(used, role: "b", limit: 3))
        #expect(try !use(used, limit: 3))
        #expect(try !use(used, role: "a", resource: nil, limit: 3))
        #expect(try !use(used, role: "a", resource: "acme/other", limit: 3))
        #expect(try use(used, role: "a", limit: 3))
        #expect(try use(used, role: "a", limit: 3))
        #expect(try !use(used, role: "a", limit: 3))
        let again = try UsedTokens(in: try directory(), context: machine.context)
        #expect(try !use(again, role: "a", limit: 3))
        #expect(try use(again, role: "a", limit: 4))
        #expect(try !use(again, role: "b", limit: 9))
    }

    @Test("are remembered by the next process, with what a crash tore left out")
    func restart() throws {
        let first = try UsedTokens(in: try directory(), context: machine.context)
        #expect(try use(first))
        #expect(try use(first, ["iss": "i", "jti": "2"]))
        let path = "/state/hfmint/\(UsedTokens.fileName)"
        let text = try #require(machine.files[path])
        #expect(text.split(separator: "\n").count == 2)
        #expect(!text.contains("acme") && !text.contains("jti"))

        let torn = FakeMachine(files: MemoryFiles([path: text + "0123"], privateBases: ["/state"]))
        let candidate = DirectoryCandidate(base: "/state", components: ["hfmint"])
        let directory = try #require(try torn.files.openPrivateDirectory(candidate, making: true))
        let second = try UsedTokens(in: directory, context: torn.context)
        #expect(try !use(second))
        #expect(try !use(second, ["iss": "i", "jti": "2"]))
        #expect(try use(second, ["iss": "i", "jti": "3"]))
    }

    @Test("are forgotten an hour after they expired, and not earlier, as a clock may be put back")
    func expiry() throws {
        let log = Log()
        let used = try UsedTokens(log: log, context: machine.context)
        #expect(try use(used))
        func fill(_ range: Range<Int>) throws {
            for number in range { #expect(try use(used, ["iss": "i", "jti": .string("fill \(number)")])) }
        }
        machine.clock.advance(by: .seconds(300 + 3_600))
        try fill(0..<1_100)
        #expect(try !use(used))
        machine.clock.advance(by: .seconds(1))
        try fill(1_100..<3_300)
        #expect(try use(used, until: soon + 9_000))
        // Some of the lines were written anew, without those that have expired.
        #expect(log.replacements > 0)
        #expect(log.lineCount < 3_300)
        let again = try UsedTokens(log: log, context: machine.context)
        #expect(try !use(again, until: soon + 9_000))
    }

    @Test("are not used where that cannot be written, and can be used when it can")
    func failure() throws {
        let log = Log()
        let used = try UsedTokens(log: log, context: machine.context)
        log.failure.withLock { $0 = FileFailure("/state/used-tokens", "No space left on device") }
        let error = #expect(throws: MintError.self) { try use(used) }
        #expect(error?.code == .stateUnusable && error?.isTransient == true)
        #expect(error?.message == "cannot write '/state/used-tokens': No space left on device")
        log.failure.withLock { $0 = nil }
        #expect(try use(used))
        #expect(try !use(used))
    }

    @Test("are held by one process")
    func held() throws {
        let files = MemoryFiles(
            privateBases: ["/state"], failures: ["/state/hfmint/\(UsedTokens.fileName)": "Permission denied"])
        let other = FakeMachine(files: files)
        let candidate = DirectoryCandidate(base: "/state", components: ["hfmint"])
        let directory = try #require(try files.openPrivateDirectory(candidate, making: true))
        let error = #expect(throws: MintError.self) { try UsedTokens(in: directory, context: other.context) }
        #expect(error?.message == "cannot use '/state/hfmint/used-tokens': Permission denied")
    }

    /// A log in memory.
    private final class Log: LogFile {
        let failure = Mutex<FileFailure?>(nil)
        private let state = Mutex((text: [UInt8](), replacements: 0))

        var replacements: Int { state.withLock { $0.replacements } }
        var lineCount: Int { state.withLock { $0.text.count { $0 == ASCII.lineFeed } } }

        func read() -> [UInt8] { state.withLock { $0.text } }

        func append(_ line: [UInt8]) throws(FileFailure) {
            if let failure = failure.withLock({ $0 }) { throw failure }
            state.withLock { $0.text += line }
        }

        func replace(_ content: [UInt8]) throws(FileFailure) {
            if let failure = failure.withLock({ $0 }) { throw failure }
            state.withLock { $0 = (content, $0.replacements + 1) }
        }
    }
}
