import Foundation
import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

@Suite("private directory")
struct PrivateDirectoryTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func open(
        _ components: [String] = ["hfmint", "job"], base: String = ".", making: Bool = true
    ) throws -> (any PrivateDirectory)? {
        let candidate = DirectoryCandidate(base: base == "." ? folder.path : folder(base), components: components)
        return try PosixFiles().openPrivateDirectory(candidate, making: making)
    }

    private func reason(_ components: [String] = ["d"], base: String = ".") -> String? {
        (#expect(throws: FileFailure.self) { try open(components, base: base) })?.reason
    }

    @Test("is made, each part of it, for this user alone")
    func makes() throws {
        let directory = try #require(try open())
        #expect(directory.path == folder("hfmint/job"))
        #expect(try folder.mode("hfmint") == 0o700)
        #expect(try folder.mode("hfmint/job") == 0o700)
        #expect(try open()?.path == directory.path)
    }

    @Test("is nothing where there is nothing, and it is not to be made")
    func missing() throws {
        #expect(try open(making: false) == nil)
        #expect(try folder.names().isEmpty)
        #expect(try open(base: "missing") == nil)
    }

    @Test("is refused where others could look in", arguments: [0o755, 0o750, 0o710, 0o701, 0o777, 0o500])
    func modes(mode: Int) throws {
        try folder.folder("d", mode: mode)
        #expect(reason() == "its mode is \(String(mode, radix: 8)) instead of 700")
    }

    @Test("is refused where it is a link or no directory, or below one")
    func links() throws {
        try folder.folder("real")
        try folder.link("d", to: folder("real"))
        #expect(reason() == "it is a symbolic link or no directory")
        #expect(reason(["d", "x"]) == "it is a symbolic link or no directory")
        try folder.file("file")
        #expect(reason(["file"]) == "it is a symbolic link or no directory")
        #expect(try folder.names("real").isEmpty)
    }

    @Test("is refused below a base that others can write, unless that has the sticky bit")
    func base() throws {
        try folder.folder("open", mode: 0o777)
        #expect(reason(base: "open") == "others can write it, and it lacks the sticky bit")
        try folder.folder("sticky", mode: 0o1777)
        #expect(try open(base: "sticky") != nil)
        try folder.file("file")
        #expect(reason(base: "file") == "not a directory")
    }

    @Test("replaces a file whole, for this user alone, and leaves no draft")
    func replaces() throws {
        let directory = try #require(try open(["d"]))
        try directory.replace("token", with: Secret("one"))
        try directory.replace("token", with: Secret("two"))
        #expect(try folder.text("d/token") == "two")
        #expect(try folder.mode("d/token") == 0o600)
        #expect(directory.names == ["token"])
    }

    @Test("replaces a link itself, never what it leads to")
    func replacesLink() throws {
        let directory = try #require(try open(["d"]))
        try folder.file("target", "old")
        try folder.link("d/token", to: folder("target"))
        try directory.replace("token", with: Secret("new"))
        #expect(try folder.text("target") == "old")
        #expect(try folder.text("d/token") == "new")
    }

    @Test("removes the draft that a killed process left, with its next write of that name")
    func sweeps() throws {
        let directory = try #require(try open(["d"]))
        let word = DrawnWord.draw(from: 7)
        try folder.file("d/.token.\(word).draft", "half a sec")
        try folder.file("d/.other.\(word).draft", "another's")
        try directory.replace("token", with: Secret("new"))
        #expect(directory.names == [".other.\(word).draft", "token"])
    }

    @Test("goes on where it was opened, whatever is put at its path later")
    func descriptor() throws {
        let directory = try #require(try open(["d"]))
        try FileManager.default.moveItem(atPath: folder("d"), toPath: folder("moved"))
        try folder.folder("theirs")
        try folder.link("d", to: folder("theirs"))
        try directory.replace("token", with: Secret("secret"))
        #expect(try folder.text("moved/token") == "secret")
        #expect(try folder.names("theirs").isEmpty)
    }

    @Test("reads its own files, and no link")
    func reads() throws {
        let directory = try #require(try open(["d"]))
        try directory.replace("token", with: Secret("text"))
        let text = try directory.read("token", limit: 4)?.revealedText()
        let missing = try directory.read("missing", limit: 4)?.revealedText()
        #expect(text == "text" && missing == nil)
        #expect(throws: FileFailure.self) { _ = try directory.read("token", limit: 3) }
        try folder.link("d/link", to: folder("d/token"))
        #expect(throws: FileFailure.self) { _ = try directory.read("link", limit: 4) }
    }

    @Test("gives a lock to one at a time, and waits for it no longer than the deadline")
    func locks() throws {
        let directory = try #require(try open(["d"]))
        let clock = FrozenClock()
        let deadline = clock.uptime() + .seconds(1)
        let first = try directory.lock("lock", until: deadline, clock: clock)
        #expect(clock.sleeps.isEmpty)
        let failure = #expect(throws: FileFailure.self) {
            _ = try directory.lock("lock", until: deadline, clock: clock)
        }
        #expect(failure?.reason == "another process holds it, and did not let go in time")
        #expect(clock.uptime() >= deadline)
        let other = try directory.lock("another", until: clock.uptime(), clock: clock)
        first.release()
        try directory.lock("lock", until: clock.uptime(), clock: clock).release()
        other.release()
    }

    private let token = "token-" + String(repeating: "0", count: 32)
    private let lock = "lock-" + String(repeating: "a", count: 32)

    @Test("is erased with all that hfmint put there, and its drafts")
    func erases() throws {
        let directory = try #require(try open(["d"]))
        try directory.replace(token, with: Secret("secret"))
        try directory.replace(lock, with: Secret("secret"))
        try folder.file("d/.\(token).x1y2.draft")
        #expect(try directory.erase() == [".\(token).x1y2.draft", lock, token].map { folder("d/\($0)") })
        #expect(try folder.names().isEmpty)
        #expect(try open(["d"], making: false) == nil)
    }

    @Test("is erased with the directories of runs, and what those hold")
    func erasesRuns() throws {
        let directory = try #require(try open(["d"]))
        let run = try directory.subdirectory("run-1x2y")
        for name in ["lock", "token"] { try run.replace(name, with: Secret("secret")) }
        #expect(try directory.erase() == [folder("d/run-1x2y/lock"), folder("d/run-1x2y/token")])
        #expect(try folder.names().isEmpty)
    }

    @Test("keeps the mark of a run to the last, by which the rest is known")
    func keepsMark() throws {
        let directory = try #require(try open(["d"]))
        let run = try directory.subdirectory("run-1x2y")
        for name in ["lock", "mark", "token"] { try run.replace(name, with: Secret("secret")) }
        #expect(try directory.erase() == ["lock", "token", "mark"].map { folder("d/run-1x2y/\($0)") })
    }

    @Test(
        "keeps what is not hfmint's, and stays with it",
        arguments: [
            "notes", ".profile", "token", "lock", "token-1", "env-file", ".x.draft",
            "record-" + String(repeating: "g", count: 32),
        ])
    func keepsOthers(name: String) throws {
        let directory = try #require(try open(["d"]))
        try folder.file("d/\(name)")
        try directory.replace(token, with: Secret("secret"))
        #expect(try directory.erase() == [folder("d/\(token)")])
        #expect(try folder.names("d") == [name])
    }

    @Test("overwrites what it removes, as another name of the same file shows")
    func overwrites() throws {
        let directory = try #require(try open(["d"]))
        try directory.replace(token, with: Secret("secret"))
        try FileManager.default.linkItem(atPath: folder("d/\(token)"), toPath: folder("copy"))
        _ = try directory.erase()
        #expect(try folder.text("copy") == String(repeating: "\0", count: 6))
    }
}
