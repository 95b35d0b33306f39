@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("a sink with a list of secrets")
struct SecretListSinkTests {
    private let path = "/run/keys"
    private let key = "hfmint:app:1:0123456789abcdef"

    private func sink(_ files: MemoryFiles) throws -> SecretListSink {
        let scene = try SinkScene(#"{kind: "file", path: "/run/keys", mode: "0640", list: true}"#, files: files)
        return SecretListSink(base: scene.sink, context: scene.machine.context)
    }

    private func isMeant(_ text: String) -> (SharedSecret) -> Bool {
        { $0.secret.holdsSameBytes(as: Secret(text)) }
    }

    @Test("adds a secret behind the others, puts it in front later, and takes the old one out")
    func life() throws {
        let files = MemoryFiles([path: "old\nkept"], writable: [path])
        let sink = try sink(files)
        try sink.preflight()
        #expect(try sink.add(Secret("new"), idempotencyKey: key) == Evidence(.readBack))
        #expect(files[path] == "old\nkept\nnew\n")
        #expect(try sink.write(Secret("new"), idempotencyKey: key) == Evidence(.readBack))
        #expect(files[path] == "new\nold\nkept\n")
        try sink.remove(where: isMeant("old"))
        #expect(files[path] == "new\nkept\n")
        #expect(files.acts.count == 3)
    }

    @Test("does each of them twice as once")
    func twice() throws {
        let files = MemoryFiles([path: "old\n"], writable: [path])
        let sink = try sink(files)
        for _ in 0..<2 { _ = try sink.add(Secret("new"), idempotencyKey: key) }
        #expect(files[path] == "old\nnew\n")
        for _ in 0..<2 { _ = try sink.write(Secret("new"), idempotencyKey: key) }
        #expect(files[path] == "new\nold\n")
        for _ in 0..<2 { try sink.remove(where: isMeant("old")) }
        #expect(files[path] == "new\n")
    }

    @Test("never takes out the secret in use")
    func inUse() throws {
        let files = MemoryFiles([path: "old\nnew\n"], writable: [path])
        let sink = try sink(files)
        #expect(throws: StepFailure(.refused, "file:/run/keys: the secret is in use there")) {
            try sink.remove(where: isMeant("old"))
        }
        #expect(files.acts.isEmpty)
    }

    @Test("shows the secret in use, and the others beside it")
    func look() throws {
        let sighting = try sink(MemoryFiles([path: "one\ntwo\nthree\n"])).look()
        #expect(sighting.presence == .there && sighting.value?.secret.revealedText() == "one")
        #expect(sighting.held.map { $0.secret.revealedText() } == ["one", "two", "three"])
        for files in [MemoryFiles(), MemoryFiles([path: ""]), MemoryFiles([path: "\n"])] {
            #expect(try sink(files).look().presence == .absent)
        }
    }

    @Test("takes no seventeenth secret, and touches nothing that is no list")
    func refused() throws {
        let full = MemoryFiles([path: (1...16).map { "s\($0)\n" }.joined()], writable: [path])
        #expect(throws: StepFailure(.refused, "file:/run/keys: it holds 16 secrets, and takes no other")) {
            try sink(full).add(Secret("new"), idempotencyKey: key)
        }
        let other = MemoryFiles([path: "\u{7F}ELF\n"], writable: [path])
        let failure = StepFailure(
            .refused, "file:/run/keys: it is no list of secrets: line 1 has a control character in it")
        #expect(throws: failure) { try sink(other).preflight() }
        #expect(throws: failure) { try sink(other).write(Secret("new"), idempotencyKey: key) }
        #expect(full.acts.isEmpty && other.acts.isEmpty)
    }
}
