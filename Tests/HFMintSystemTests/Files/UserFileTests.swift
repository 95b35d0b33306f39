import Foundation
import HFMintCore
import HFMintSystem
import HFMintTesting
import Synchronization
import Testing

@Suite("files that users name")
struct UserFileTests {
    private let folder: TemporaryFolder
    private let files = PosixFiles()
    private let marks = KeptMarks()

    init() throws {
        folder = try TemporaryFolder()
    }

    private func replace(_ name: String, _ text: String = "new") -> String? {
        let bytes = Secret(text)
        do throws(FileFailure) {
            try files.replaceUserFile(folder(name), with: bytes, marks: marks)
            return nil
        } catch {
            return error.reason
        }
    }

    private func erase(_ name: String, _ mark: FileMark) throws -> UserFileErasure {
        try files.eraseUserFile(folder(name), mark, marks: marks)
    }

    @Test("erase the file that they wrote, and no other")
    func erases() throws {
        #expect(replace("t", "secret") == nil)
        let mark = try #require(marks.all.first)
        #expect(try erase("other", mark) == .gone)
        try folder.file("other", "x")
        #expect(try erase("other", mark) == .another)
        // Another file under the old name is not hfmint's to remove.
        try FileManager.default.moveItem(atPath: folder("t"), toPath: folder("moved"))
        try folder.file("t", "theirs")
        #expect(try erase("t", mark) == .another)
        try folder.link("link", to: folder("moved"))
        #expect(try erase("link", mark) == .another)
        #expect(try erase("missing/t", mark) == .gone)
        #expect(try erase("moved", mark) == .erased)
        #expect(try folder.names() == ["link", "other", "t"])
    }

    @Test("are not taken for gone where nobody can look")
    func outOfReach() throws {
        #expect(replace("t", "secret") == nil)
        let mark = try #require(marks.all.first)
        try folder.link("loop", to: folder("loop"))
        #expect(throws: FileFailure(folder("loop/t"), "too many levels of symbolic links")) {
            try erase("loop/t", mark)
        }
        #expect(try erase("t/t", mark) == .gone)
        #expect(try erase("t", mark) == .erased)
    }

    @Test("leave what appears meanwhile in its place")
    func overtaken() throws {
        for first in [nil, "one"] {
            if let first { #expect(replace("t", first) == nil) }
            marks.onNote.withLock { $0 = [{ try? folder.put("t", "theirs") }] }
            #expect(replace("t", "two") == "it is there already, and nothing shows that hfmint made it")
            #expect(try folder.names() == ["t"])
            #expect(try folder.text("t") == "theirs")
            try FileManager.default.removeItem(atPath: folder("t"))
        }
    }

    @Test("name the place of what cannot have its name back, as another has it by then")
    func overtakenTwice() throws {
        #expect(replace("t", "one") == nil)
        marks.onNote.withLock { $0 = [{ try? folder.put("t", "first") }] }
        marks.onLook.withLock { $0 = [{}, { try? folder.put("t", "second") }] }
        let reason = try #require(replace("t", "two"))
        let hidden = try #require(try folder.names().first { $0.hasSuffix(".swap") })
        #expect(reason.hasSuffix("; a file that stood there is '\(folder(hidden))' now: give it its name back"))
        #expect(try folder.names() == [hidden, "t"])
        #expect(try folder.text("t") == "second")
        #expect(try folder.text(hidden) == "first")
    }

    @Test("replace their own file, and nothing else, whatever it holds")
    func knows() throws {
        #expect(replace("t", "one") == nil)
        #expect(replace("t", "two") == nil)
        #expect(marks.all.count == 1)
        for text in ["mine", "two", "\0"] {
            try folder.file("u", text)
            #expect(replace("u") == "it is there already, and nothing shows that hfmint made it")
            #expect(try folder.text("u") == text)
        }
        // A copy with the same bytes is another file.
        try FileManager.default.removeItem(atPath: folder("u"))
        try FileManager.default.copyItem(atPath: folder("t"), toPath: folder("u"))
        try folder.chmod("u", 0o600)
        #expect(replace("u") == "it is there already, and nothing shows that hfmint made it")
        #expect(try folder.names() == ["t", "u"])
    }

    @Test("neither replace nor erase what another program has written to")
    func changed() throws {
        #expect(replace("t", "secret") == nil)
        let mark = try #require(marks.all.first)
        let file = try #require(FileHandle(forWritingAtPath: folder("t")))
        try file.seekToEnd()
        try file.write(contentsOf: Data(" and mine".utf8))
        try file.close()
        #expect(replace("t") == "it was changed since hfmint wrote it")
        #expect(try erase("t", mark) == .changed)
        #expect(try folder.text("t") == "secret and mine")
    }

    @Test("take an empty file of the user's, and leave it empty")
    func empty() throws {
        try folder.file("t")
        #expect(replace("t", "one") == nil)
        #expect(replace("t", "two") == nil)
        let mark = try #require(marks.all.first)
        #expect(mark.wasEmpty)
        #expect(try erase("t", mark) == .emptied)
        #expect(try folder.text("t").isEmpty)
        #expect(try folder.names() == ["t"])
    }

    @Test("go on erasing where a killed process has left zeros")
    func zeros() throws {
        #expect(replace("t", "secret") == nil)
        let mark = try #require(marks.all.first)
        let file = try #require(FileHandle(forWritingAtPath: folder("t")))
        try file.write(contentsOf: Data(count: 6))
        try file.close()
        #expect(try erase("t", mark) == .erased)
        #expect(try folder.names().isEmpty)
    }

    @Test("sweep what a killed process had swapped out, where it is their own")
    func swapped() throws {
        let swap = ".t.\(DrawnWord.draw(from: 7)).swap"
        for erasing in [false, true] {
            #expect(replace("t", "one") == nil)
            try FileManager.default.moveItem(atPath: folder("t"), toPath: folder(swap))
            let mark = try #require(marks.all.first)
            if erasing { #expect(try erase("t", mark) == .gone) } else { #expect(replace("t", "two") == nil) }
            #expect(try folder.names() == (erasing ? [] : ["t"]))
            if !erasing { try FileManager.default.removeItem(atPath: folder("t")) }
            marks.all.forEach { marks.strike($0.identity) }
        }
    }

    @Test("leave what a person called like a draft alone, and sweep a draft")
    func drafts() throws {
        let word = DrawnWord.draw(from: 7)
        let persons = [".t.abc123.draft", ".t.old.draft", ".t.\(word).draft.txt", ".t.old.swap", ".t.\(word).swap"]
        for name in persons { try folder.file(name, "mine") }
        try folder.file(".t.\(word).draft", "half a sec")
        #expect(replace("t") == nil)
        #expect(try folder.names() == (persons + ["t"]).sorted())
        try folder.file(".s.old.draft", "mine")
        try folder.file(".s.\(word).draft", "half a sec")
        try files.replaceSharedFile(folder("s"), with: Secret("new"), mode: nil)
        #expect(try folder.names() == (persons + [".s.old.draft", "s", "t"]).sorted())
    }

    @Test("sweep a draft that has its name already, and nothing of the file")
    func linked() throws {
        #expect(replace("t", "one") == nil)
        let draft = ".t.\(DrawnWord.draw(from: 7)).draft"
        try FileManager.default.linkItem(atPath: folder("t"), toPath: folder(draft))
        let mark = try #require(marks.all.first)
        #expect(replace("t", "two") == nil)
        #expect(try folder.names() == ["t"])
        try FileManager.default.linkItem(atPath: folder("t"), toPath: folder(draft))
        #expect(try erase("t", try #require(marks.all.first)) == .erased)
        #expect(try erase("t", mark) == .gone)
        #expect(try folder.names().isEmpty)
    }
}

/// Marks in memory, and what other processes do meanwhile.
final class KeptMarks: FileMarks {
    private let kept = Mutex<[FileMark]>([])
    /// What is done at each note, and at each look at a file without a mark.
    let onNote = Mutex<[@Sendable () -> Void]>([])
    let onLook = Mutex<[@Sendable () -> Void]>([])

    var all: [FileMark] { kept.withLock { $0 } }

    func mark(of identity: FileIdentity) -> FileMark? {
        let mark = all.last { $0.identity == identity }
        if mark == nil { Self.act(onLook) }
        return mark
    }

    func note(_ mark: FileMark) throws(FileFailure) {
        strike(mark.identity)
        kept.withLock { $0.append(mark) }
        Self.act(onNote)
    }

    private static func act(_ acts: borrowing Mutex<[@Sendable () -> Void]>) {
        acts.withLock { $0.isEmpty ? nil : $0.removeFirst() }?()
    }

    func strike(_ identity: FileIdentity) { kept.withLock { $0.removeAll { $0.identity == identity } } }
}
