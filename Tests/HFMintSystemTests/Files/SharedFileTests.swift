import Foundation
import Glibc
import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

@Suite("shared files")
struct SharedFileTests {
    private let folder: TemporaryFolder
    private let files = PosixFiles()

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Returns why the file is not replaced; the check and the replacement must say the same.
    private func replace(_ name: String, mode: UInt16? = nil) -> String? {
        let asked = reason { () throws(FileFailure) in try files.checkSharedFile(folder(name), mode: mode) }
        let done = reason { () throws(FileFailure) in
            try files.replaceSharedFile(folder(name), with: Secret("new"), mode: mode)
        }
        #expect(asked == done)
        return done
    }

    private func reason(_ body: () throws(FileFailure) -> Void) -> String? {
        do throws(FileFailure) {
            try body()
            return nil
        } catch {
            return error.reason
        }
    }

    private func status(_ name: String) -> stat {
        var status = stat()
        _ = unsafe stat(folder(name), &status)
        return status
    }

    private func mode(_ name: String) -> UInt32 { status(name).st_mode & 0o7777 }

    private func text(_ name: String) throws -> String? {
        try files.read(folder(name), limit: 100)?.revealedText()
    }

    @Test("a new file is this user's alone, or has the mode that was asked for")
    func new() throws {
        #expect(replace("a") == nil)
        #expect(try text("a") == "new" && mode("a") == 0o600)
        #expect(replace("b", mode: 0o640) == nil)
        #expect(mode("b") == 0o640)
        #expect(files.names(in: folder.path) == ["a", "b"])
    }

    @Test("an existing file keeps its mode, whatever the umask, unless another was asked for")
    func keepsMode() throws {
        try folder.file("a", "old", mode: 0o640)
        let before = status("a").st_ino
        #expect(replace("a") == nil)
        #expect(try text("a") == "new" && mode("a") == 0o640 && status("a").st_ino != before)
        #expect(replace("a", mode: 0o600) == nil)
        #expect(mode("a") == 0o600)
    }

    @Test("an existing file keeps its owner and group", .enabled(if: geteuid() == 0))
    func keepsOwner() throws {
        let path = try folder.file("a", "old", mode: 0o640)
        try #require(unsafe chown(path, 1_234, 2_345) == 0)
        #expect(replace("a") == nil)
        #expect(status("a").st_uid == 1_234 && status("a").st_gid == 2_345 && mode("a") == 0o640)
    }

    @Test("a draft that a killed process had given away is swept, and no other user's", .enabled(if: geteuid() == 0))
    func drafts() throws {
        let path = try folder.file("a", "old", mode: 0o640)
        let drafts = (UInt64(7)..<10).map { ".a.\(DrawnWord.draw(from: $0)).draft" }
        for (name, owner) in zip(drafts, [geteuid(), 1_234, 1_235]) {
            let draft = try folder.file(name, "half a sec", mode: 0o640)
            try #require(unsafe chown(draft, owner, 2_345) == 0)
        }
        try #require(unsafe chown(path, 1_234, 2_345) == 0)
        #expect(replace("a") == nil)
        #expect(try folder.names() == [drafts[2], "a"])
    }

    @Test("what everyone may use stays as it is, until a mode was asked for")
    func everyone() throws {
        try folder.file("a", "old", mode: 0o644)
        #expect(replace("a") == "everyone may use it (mode 644)")
        #expect(try text("a") == "old")
        #expect(replace("a", mode: 0o640) == nil)
    }

    @Test("what is no regular file with one name is left alone")
    func kinds() throws {
        try folder.file("a", "old")
        try #require(unsafe symlink(folder("a"), folder("link")) == 0)
        #expect(replace("link") == "it is a symbolic link")
        try #require(unsafe link(folder("a"), folder("second")) == 0)
        #expect(replace("a") == "it has a second name (a hard link)")
        try folder.folder("open", mode: 0o777)
        #expect(replace("open/a") == "others can write its directory, which lacks the sticky bit")
        #expect(replace("none/a") == "no such file or directory")
        #expect(try text("a") == "old")
    }

    @Test("a reader sees the old text or the new one, whole, at any instant")
    func whole() throws {
        try folder.file("a", String(repeating: "0", count: 9_000))
        let path = folder("a")
        let replacing = Thread {
            for round in 1...200 {
                let text = Secret(String(repeating: "\(round % 10)", count: 9_000 + round))
                try? PosixFiles().replaceSharedFile(path, with: text, mode: nil)
            }
        }
        replacing.start()
        while !replacing.isFinished {
            let seen = try #require(try files.read(path, limit: 10_000)?.revealedBytes())
            #expect(seen.count >= 9_000 && Set(seen).count == 1)
        }
    }
}
