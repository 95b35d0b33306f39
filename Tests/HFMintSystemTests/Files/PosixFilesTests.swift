import Foundation
import HFMintCore
import HFMintTesting
import Testing

@testable import HFMintSystem

@Suite("posix files")
struct PosixFilesTests {
    private let folder: TemporaryFolder
    private let files = PosixFiles()

    init() throws {
        folder = try TemporaryFolder()
    }

    private func reason(_ body: () throws(FileFailure) -> Void) -> String? {
        do throws(FileFailure) {
            try body()
            return nil
        } catch {
            return error.reason
        }
    }

    private func replace(_ name: String, _ text: String = "new") -> String? {
        let bytes = Secret(text)
        return reason { () throws(FileFailure) in try files.replaceUserFile(folder(name), with: bytes, marks: nil) }
    }

    private func append(_ name: String, _ text: String = "A=b\n", isSecret: Bool = true) -> String? {
        let bytes = Secret(text)
        return reason { () throws(FileFailure) in
            try files.appendToStepFile(folder(name), bytes, isSecret: isSecret, mayBeAbsent: false)
        }
    }

    private func read(_ name: String, limit: Int = 4_096) throws(FileFailure) -> String? {
        try files.read(folder(name), limit: limit)?.revealedText()
    }

    @Test("read a file up to its limit, and not one byte more")
    func readLimits() throws {
        try folder.file("t", String(repeating: "a", count: 4_096))
        #expect(try read("t", limit: 4_096)?.count == 4_096)
        #expect(throws: FileFailure(folder("t"), "it is larger than 3 KiB")) { try read("t", limit: 4_095) }
        try folder.file("empty")
        #expect(try read("empty") == "")
        #expect(try read("empty", limit: 0) == "")
    }

    @Test("find nothing where there is nothing, and say why where there is something else")
    func readOthers() throws {
        #expect(try read("missing") == nil)
        #expect(try read("missing/deeper") == nil)
        try folder.folder("d")
        #expect(throws: FileFailure(folder("d"), "is a directory")) { try read("d") }
        try folder.file("t", "x")
        #expect(throws: FileFailure(folder("t/x"), "not a directory")) { try read("t/x") }
        try folder.link("l", to: folder("t"))
        #expect(try read("l") == "x")
    }

    @Test("read a FIFO to its end")
    func readFIFO() throws {
        try folder.fifo("f")
        let path = folder("f")
        // Opening it for writing blocks until the reader has opened it.
        Thread.detachNewThread {
            guard let file = FileHandle(forWritingAtPath: path) else { return }
            file.write(Data("through the pipe".utf8))
            try? file.close()
        }
        #expect(try read("f") == "through the pipe")
    }

    @Test("know what stands at a path")
    func kinds() throws {
        try folder.file("t")
        try folder.folder("d")
        try folder.fifo("f")
        try folder.link("l", to: folder("t"))
        try folder.link("dangling", to: folder("x"))
        #expect(
            ["t", "d", "f", "l", "dangling", "x"].map { files.kind(of: folder($0)) } == [
                .regular, .directory, .fifo, .regular, nil, nil,
            ])
        #expect(files.names(in: folder.path) == ["d", "dangling", "f", "l", "t"])
        #expect(files.names(in: folder("x")).isEmpty)
        #expect(files.workingDirectory == FileManager.default.currentDirectoryPath)
    }

    @Test("put a user's file in its place whole, for this user alone, and leave no draft")
    func replaces() throws {
        #expect(replace("t", "one") == nil)
        #expect(replace("t", "two") == nil)
        #expect(try folder.text("t") == "two")
        #expect(try folder.mode("t") == 0o600)
        #expect(try folder.names() == ["t"])
    }

    @Test(
        "do not touch a user's file that is not one of hfmint's kind",
        arguments: [
            ("t", 0o644, "it exists with mode 644 instead of 600"),
            ("t", 0o640, "it exists with mode 640 instead of 600"),
            ("t", 0o400, "it exists with mode 400 instead of 600"),
        ])
    func existingModes(name: String, mode: Int, refusal: String) throws {
        try folder.file(name, "old", mode: mode)
        #expect(replace(name) == refusal)
        #expect(try folder.text(name) == "old")
        #expect(try folder.names() == [name])
    }

    @Test("do not follow a link, nor replace a directory, a FIFO, or a file with a second name")
    func existingKinds() throws {
        try folder.file("target", "old")
        try folder.link("link", to: folder("target"))
        try folder.folder("directory")
        try folder.fifo("fifo")
        try folder.file("hard", "old")
        try FileManager.default.linkItem(atPath: folder("hard"), toPath: folder("second"))
        #expect(replace("link") == "it is a symbolic link")
        for (name, kind) in [("directory", "directory"), ("fifo", "FIFO")] {
            #expect(replace(name) == "it is not a regular file but a \(kind)")
        }
        for name in ["hard", "second"] { #expect(replace(name) == "it has a second name (a hard link)") }
        #expect(try folder.text("target") == "old" && folder.text("hard") == "old")
    }

    @Test("put no user's file into a directory that others can write, unless it has the sticky bit")
    func sharedDirectory() throws {
        try folder.folder("open", mode: 0o777)
        #expect(replace("open/t") == "others can write its directory, which lacks the sticky bit")
        try folder.folder("sticky", mode: 0o1777)
        #expect(replace("sticky/t") == nil)
        #expect(try folder.names("open").isEmpty)
    }

    @Test("put no user's file into a git work tree, however it is reached")
    func workTree() throws {
        try folder.folder("repository/.git")
        try folder.folder("repository/deep/er")
        try folder.link("way", to: folder("repository/deep"))
        // A submodule and a linked work tree have a file there.
        try folder.folder("linked")
        try folder.file("linked/.git", "gitdir: elsewhere")
        for name in ["repository/t", "repository/deep/er/t", "way/t", "way/er/t", "repository/deep/../t", "linked/t"] {
            #expect(replace(name)?.hasPrefix("it lies in a git work tree (") == true)
        }
        #expect(try !folder.names("repository").contains("t"))
    }

    @Test("say why a user's file cannot be written")
    func missingDirectory() {
        #expect(replace("missing/t") == "no such file or directory")
    }

    @Test(
        "append to a provider's file after the end of its last line",
        arguments: [
            ("", "A=b\n"), ("x\n", "x\nA=b\n"), ("x", "x\nA=b\n"), ("\n", "\nA=b\n"), ("x\r", "x\r\nA=b\n"),
        ])
    func appends(before: String, after: String) throws {
        try folder.file("env", before, mode: 0o644)
        #expect(append("env") == nil)
        #expect(try folder.text("env").utf8.elementsEqual(after.utf8))
        // It holds a token now: others may not read it any more.
        #expect(try folder.mode("env") == 0o600)
    }

    @Test("take half of what they added back, unless another program has written behind it")
    func takesBack() throws {
        let path = try folder.file("env", "A=b\n")
        let bytes = Secret("C=defg\n")
        let file = try Descriptor.open(path, O_RDWR | O_APPEND)
        try file.write(Secret("C=d"))
        let more = file.takeBack(4, of: bytes)
        let all = file.takeBack(3, of: bytes)
        #expect(!more && all)
        #expect(try folder.text("env") == "A=b\n")
        try file.write(Secret("C=d"))
        try Descriptor.open(path, O_RDWR | O_APPEND).write(Secret("E=f\n"))
        let overtaken = file.takeBack(3, of: bytes)
        let nothing = file.takeBack(0, of: bytes)
        #expect(!overtaken && nothing)
        #expect(try folder.text("env") == "A=b\nC=dE=f\n")
    }

    @Test("put no token into a provider's file that others can write, but a path")
    func stepFileOfOthers() throws {
        try folder.file("env", mode: 0o666)
        #expect(append("env")?.hasPrefix("others can write it") == true)
        #expect(append("env", isSecret: false) == nil)
        #expect(try folder.text("env") == "A=b\n")
    }

    @Test("take a group that we are not in for others, unless the file is another user's as well")
    func stepFileOfAGroup() throws {
        try folder.file("env", mode: 0o660)
        #expect(append("env") == nil)
        // Only root can give a file away.
        guard geteuid() == 0 else { return }
        try folder.file("foreign", mode: 0o660)
        #expect(unsafe chown(folder("foreign"), geteuid(), 54_321) == 0)
        #expect(append("foreign")?.hasPrefix("others can write it") == true)
        #expect(unsafe chown(folder("foreign"), 54_321, 54_321) == 0)
        #expect(append("foreign") == nil)
        try folder.folder("shared", mode: 0o770)
        #expect(unsafe chown(folder("shared"), geteuid(), 54_321) == 0)
        #expect(replace("shared/token")?.contains("others can write its directory") == true)
        try folder.chmod("shared", 0o1770)
        #expect(replace("shared/token") == nil)
    }

    @Test("append to a regular file with one name alone, and make none")
    func stepFileKinds() throws {
        try folder.file("target")
        try folder.link("link", to: folder("target"))
        try folder.fifo("fifo")
        try folder.file("hard")
        try FileManager.default.linkItem(atPath: folder("hard"), toPath: folder("second"))
        #expect(append("link") == "it is a symbolic link")
        #expect(append("fifo") == "it is not a regular file but a FIFO")
        #expect(append("hard") == "it has a second name (a hard link)")
        #expect(append("missing") == "no such file or directory")
        #expect(try folder.text("target").isEmpty && folder.text("hard").isEmpty)
        #expect(try !folder.names().contains("missing"))
    }
}
