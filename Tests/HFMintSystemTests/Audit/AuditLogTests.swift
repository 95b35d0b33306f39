import Foundation
import Glibc
import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

@Suite("audit log: the file")
struct AuditLogTests {
    private let folder: TemporaryFolder
    private let files = PosixFiles()

    init() throws {
        folder = try TemporaryFolder()
    }

    private var path: String { folder("audit.jsonl") }

    @Test("is made for its owner alone, and grows")
    func appends() throws {
        #expect(try append("one\n", to: path) == "")
        #expect(try append("two\n", to: path) == "one\n")
        #expect(try append("three\n", to: path) == "\ntwo\n")
        #expect(try folder.text("audit.jsonl") == "one\ntwo\nthree\n")
        #expect(try folder.mode("audit.jsonl") == 0o600)
    }

    @Test("of two hundred writers at once loses nothing, and each sees the one before")
    func parallel() async throws {
        let path = path
        let seen = await withTaskGroup(of: String.self) { group in
            for number in 0..<200 {
                group.addTask { (try? append("\(1_000 + number)\n", to: path)) ?? "failed" }
            }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        let lines = try folder.text("audit.jsonl").split(separator: "\n").map(String.init)
        #expect(Set(lines).count == 200)
        #expect(Set(seen) == Set([""] + lines.dropLast().map { "\($0)\n" }))
    }

    @Test("that is a link, a pipe, a folder, or somebody's to write is refused, untouched")
    func refused() throws {
        try folder.file("target", "old\n")
        try folder.link("link", to: folder("target"))
        try folder.fifo("pipe")
        try folder.folder("folder")
        try folder.file("group", "old\n", mode: 0o620)
        try folder.file("all", "old\n", mode: 0o602)
        try folder.file("twice", "old\n")
        try FileManager.default.linkItem(atPath: folder("twice"), toPath: folder("again"))
        for (name, reason) in [
            ("link", "symbolic link"), ("pipe", "not a regular file"), ("folder", "directory"),
            ("group", "others can write"),
            ("all", "others can write"), ("twice", "second name"), ("nowhere/log", "no such file"),
        ] {
            let failure = #expect(throws: FileFailure.self) { try append("new\n", to: folder(name)) }
            #expect(failure?.reason.contains(reason) == true, "\(name): \(failure?.reason ?? "")")
        }
        for name in ["target", "group", "all", "twice"] { #expect(try folder.text(name) == "old\n") }
    }

    @Test("in a directory that everyone can write is refused, unless it has the sticky bit")
    func sharedDirectory() throws {
        try folder.folder("open", mode: 0o777)
        #expect(throws: FileFailure.self) { try append("new\n", to: folder("open/log")) }
        #expect(try folder.names("open") == [])
        try folder.folder("sticky", mode: 0o1777)
        #expect(try append("new\n", to: folder("sticky/log")) == "")
    }

    @Test("that another process holds is waited for, and given up in time")
    func held() throws {
        try folder.file("audit.jsonl", "old\n")
        let file = unsafe Glibc.open(path, O_RDWR)
        defer { close(file) }
        #expect(flock(file, LOCK_EX) == 0)
        let failure = #expect(throws: FileFailure.self) { try append("new\n", to: path, within: 0) }
        #expect(failure?.reason.contains("another process holds it") == true)
        #expect(flock(file, LOCK_UN) == 0)
        #expect(try append("new\n", to: path) == "old\n")
    }

    private func open(_ path: String) throws(FileFailure) -> (any LogReader)? {
        let clock = SystemClock()
        return try files.readLog(path, until: clock.uptime() + .seconds(10), clock: clock)
    }

    @Test("is read whole, in pieces, and what comes later is not part of it")
    func reads() throws {
        let text = (0..<60_000).map { "\($0) and some more text\n" }.joined()
        try folder.file("audit.jsonl", text)
        let reader = try #require(try open(path))
        _ = try append("later\n", to: path)
        var read: [UInt8] = []
        while let piece = try reader.next() { read += piece }
        #expect(String(decoding: read, as: UTF8.self) == text)
        #expect(try reader.end?.last(6) == Array(text.utf8.suffix(6)))
        #expect(try open(folder("none")) == nil)
        #expect(throws: FileFailure.self) { try open(folder.path) }
    }
}

/// - Returns: the last five bytes before it.
private func append(_ text: String, to path: String, within seconds: Int = 10) throws(FileFailure) -> String {
    var before = ""
    let clock = SystemClock()
    let deadline = clock.uptime() + .seconds(seconds)
    try PosixFiles().appendToLog(path, until: deadline, clock: clock) { end throws(FileFailure) in
        before = String(decoding: try end.last(5), as: UTF8.self)
        return Array(text.utf8)
    }
    return before
}
