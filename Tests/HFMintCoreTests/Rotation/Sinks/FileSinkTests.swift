@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("sink file")
struct FileSinkTests {
    private let path = "/run/app/secret"

    @Test("replaces the file with the mode that was asked for, and reads it back")
    func write() throws {
        let files = MemoryFiles([path: "old\n"], writable: [path])
        let scene = try SinkScene(#"{kind: "file", path: "/run/app/secret", mode: "0640"}"#, files: files)
        try scene.sink.preflight()
        #expect(try scene.sink.look().value?.secret.revealedText() == "old")
        #expect(try scene.write() == Evidence(.readBack))
        #expect(files.acts == [.replaceSharedFile(path, SinkScene.value, mode: 0o640)])
    }

    @Test("writes again what is there already, as nobody knows whether it would outlive a power cut")
    func twice() throws {
        let files = MemoryFiles([path: SinkScene.value], writable: [path])
        let scene = try SinkScene(#"{kind: "file", path: "/run/app/secret"}"#, files: files)
        #expect(try scene.write() == Evidence(.readBack))
        #expect(files.acts.count == 1)
    }

    @Test("says which file, and why not")
    func refused() throws {
        let files = MemoryFiles(failures: [path: "it is not a regular file"])
        let scene = try SinkScene(#"{kind: "file", path: "/run/app/secret"}"#, files: files)
        let failure = StepFailure(.refused, "file:/run/app/secret: it is not a regular file")
        #expect(throws: failure) { try scene.sink.preflight() }
        #expect(throws: failure) { try scene.write() }
    }

    @Test("holds nothing where there is no file")
    func absent() throws {
        #expect(try SinkScene(#"{kind: "file", path: "secret"}"#).sink.look().value?.secret.revealedText() == nil)
    }
}
