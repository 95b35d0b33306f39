@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

@Suite("issuer generated")
struct GeneratedTests {
    private func machine() -> FakeMachine {
        let random = Mutex(SeededRandom(seed: 5))
        return FakeMachine(signatures: FingerprintMACs(), random: { random.withLock { $0.next() } })
    }

    private func definition(_ text: String, on machine: FakeMachine) throws -> RotationDefinition {
        let node = ManifestNode(try JSONText(Array(text.utf8), dialect: .json5))
        let issues = ManifestCheck.issues(
            in: try JSONText(Array(text.utf8), dialect: .json5), shape: .object(RotationShape.rotation))
        #expect(issues.isEmpty)
        return try RotationDefinition(
            node, RotationSurroundings(name: "keys", manifest: "/etc/hfmint/hfmint.json5", context: machine.context))
    }

    @Test(
        "makes as many random bytes as it is told, in that encoding, and never the same",
        arguments: [
            (#"{kind: "generated"}"#, "", 64, 48), (#"{kind: "generated", bytes: 32}"#, "", 43, 32),
            (#"{kind: "generated", bytes: 64, encoding: "hex"}"#, "", 128, 64),
            (#"{kind: "generated", bytes: 32, encoding: "whsec"}"#, "whsec_", 50, 32),
        ])
    func values(manifest: String, prefix: String, count: Int, byteCount: Int) throws {
        #expect(try RotationFixtures.complaints(manifest).isEmpty)
        let issuer = try RotationFixtures.issuer(manifest, on: machine())
        let made = try (0..<20).map { _ in try issuer.create(RotationFixtures.creation()) }
        let texts = made.map { $0.value.secret.revealedText() }
        #expect(Set(texts).count == texts.count && Set(made.map(\.id)).count == texts.count)
        for text in texts {
            #expect(text.utf8.count == count && text.hasPrefix(prefix))
            let body = Array(text.utf8.dropFirst(prefix.utf8.count))
            let decoded: Int? =
                switch prefix {
                case "" where count == byteCount * 2: body.allSatisfy { $0.hexDigitValue != nil } ? byteCount : nil
                case "": Base64URL.decode(body.span)?.count
                default: Secret(decodingBase64: body.span)?.byteCount
                }
            #expect(decoded == byteCount)
        }
        // Every place of the bytes is drawn, the last one too.
        #expect(Set(texts.map { $0.utf8.dropLast().last }).count > 4)
    }

    @Test("takes 32 to 64 bytes, and three encodings", arguments: ["bytes: 31", "bytes: 65", #"encoding: "base32""#])
    func refused(setting: String) throws {
        #expect(try RotationFixtures.complaints(#"{kind: "generated", \#(setting)}"#).count == 1)
    }

    @Test("keeps secrets side by side where a sink holds a list, and else replaces them")
    func succession() throws {
        let machine = machine()
        let listed = try definition(
            #"{issuer: {kind: "generated"}, sinks: [{kind: "file", path: "keys", list: true}]}"#, on: machine)
        #expect(listed.issuer.succession == .separate(limit: 16) && listed.issuer.canBeAsked)
        #expect(listed.lead == 600 && listed.lists.map(\.target) == ["file:/etc/hfmint/keys"])
        let plain = try definition(
            #"{issuer: {kind: "generated"}, sinks: [{kind: "file", path: "keys"}], allowCutover: true}"#, on: machine)
        #expect(plain.issuer.succession == .replacing && !plain.issuer.canBeAsked && !plain.issuer.isReadable)
        #expect(plain.issuer.target == "generated:keys" && plain.lists.isEmpty)
    }

    @Test(
        "a manifest is told what cannot be",
        arguments: [
            (#"{issuer: {kind: "generated"}, sinks: [{kind: "file", path: "k"}]}"#, "none of its sinks holds the old"),
            (
                #"{issuer: {kind: "generated"}, sinks: [{kind: "file", path: "k", list: true}],"#
                    + #" verify: {kind: "command", command: ["/bin/true"]}}"#, "has a 'verify'"
            ),
            (
                #"{issuer: {kind: "generated"}, sinks: [{kind: "github-actions", token: "env:T", name: "S","#
                    + #" repository: "a/b", list: true}]}"#, "cannot be read"
            ),
            (
                #"{issuer: {kind: "okta", url: "https://x.example", app: "a", token: "env:T"},"#
                    + #" sinks: [{kind: "file", path: "k", list: true}]}"#, "the issuer is not 'generated'"
            ),
        ])
    func impossible(text: String, message: String) throws {
        let machine = machine()
        let error = #expect(throws: MintError.self) { _ = try definition(text, on: machine) }
        #expect(error?.code == .manifestInvalid && error?.message.contains(message) == true)
    }

    @Test("lists what the lists hold, once each, and reads it again")
    func survey() throws {
        let files = MemoryFiles(
            ["/k/1": "one\ntwo\n", "/k/2": "two\nthree\n"], writable: ["/k/1", "/k/2"])
        let machine = FakeMachine(files: files, signatures: FingerprintMACs())
        let text =
            #"{issuer: {kind: "generated"}, sinks: [{kind: "file", path: "/k/1", list: true},"#
            + #" {kind: "file", path: "/k/2", list: true}]}"#
        let issuer = try definition(text, on: machine).issuer
        let survey = try issuer.survey()
        #expect(survey.secrets.count == 3 && survey.showsDeath && survey.active.count == 3)
        #expect(survey.secrets[0].sha256 == (try RotationFixtures.sha256("one")))
        #expect(try issuer.read(survey.secrets[2].id)?.revealedText() == "three")
    }

    @Test("says that a list is out of reach, and proves no death then; with none in reach it cannot answer")
    func unreachable() throws {
        let text =
            #"{issuer: {kind: "generated"}, sinks: [{kind: "file", path: "/k/1", list: true},"#
            + #" {kind: "file", path: "/k/2", list: true}]}"#
        let one = FakeMachine(
            files: MemoryFiles(["/k/1": "one\n"], failures: ["/k/2": "it is far"]), signatures: FingerprintMACs())
        let survey = try definition(text, on: one).issuer.survey()
        #expect(survey.secrets.count == 1 && !survey.showsDeath)
        let none = FakeMachine(
            files: MemoryFiles(failures: ["/k/1": "it is far", "/k/2": "it is far"]), signatures: FingerprintMACs())
        let issuer = try definition(text, on: none).issuer
        #expect(throws: StepFailure(.refused, "file:/k/1: it is far")) { try issuer.survey() }
    }

    @Test("takes a secret out of the other lists where one of them refuses")
    func partlyRefused() throws {
        let files = MemoryFiles(
            ["/k/1": "two\none\n", "/k/2": "one\ntwo\n"], writable: ["/k/1", "/k/2"])
        let machine = FakeMachine(files: files, signatures: FingerprintMACs())
        let text =
            #"{issuer: {kind: "generated"}, sinks: [{kind: "file", path: "/k/1", list: true},"#
            + #" {kind: "file", path: "/k/2", list: true}]}"#
        let issuer = try definition(text, on: machine).issuer
        let id = try issuer.survey().secrets[0].id
        let failure = try RotationFixtures.failure { try issuer.delete(id) }
        #expect(failure == StepFailure(.refused, "file:/k/1: the secret is in use there"))
        #expect(files["/k/1"] == "two\none\n" && files["/k/2"] == "one\n")
    }
}
