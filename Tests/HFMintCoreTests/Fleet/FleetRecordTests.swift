@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("the record of writes")
struct FleetRecordTests {
    private let files = MemoryFiles(privateBases: ["/state"])
    private let write = FleetRecord.Write(generation: 7, updatedAt: "2026-11-21T03:04:05.123Z")
    private let path = "/state/hfmint/\(FleetRecord.fileName)"

    private func directory(_ files: MemoryFiles? = nil) throws -> any PrivateDirectory {
        let candidate = DirectoryCandidate(base: "/state", components: ["hfmint"])
        return try #require(try (files ?? self.files).openPrivateDirectory(candidate, making: true))
    }

    @Test("is read by the next process, for one Hub, one resource and one name")
    func remembered() throws {
        let record = try FleetRecord(writing: try directory(), endpoint: .huggingFace)
        #expect(record.lastWrite(of: "KEY", in: "spaces/acme/chat") == nil)
        try record.note(.init(generation: 6, updatedAt: nil), of: "KEY", in: "spaces/acme/chat")
        try record.note(write, of: "KEY", in: "spaces/acme/chat")
        try record.note(.init(generation: 1, updatedAt: nil), of: "OTHER", in: "spaces/acme/chat")
        for again in [record, try FleetRecord(reading: try directory(), endpoint: .huggingFace)] {
            #expect(again.lastWrite(of: "KEY", in: "spaces/acme/chat") == write)
            #expect(again.lastWrite(of: "OTHER", in: "spaces/acme/chat") == .init(generation: 1, updatedAt: nil))
            #expect(again.lastWrite(of: "KEY", in: "spaces/acme/other") == nil)
        }
        let other = try #require(Origin("https://hub.example".utf8))
        let elsewhere = try FleetRecord(reading: try directory(), endpoint: other)
        #expect(elsewhere.lastWrite(of: "KEY", in: "spaces/acme/chat") == nil)
    }

    @Test("is empty without a directory, and without a file")
    func absent() throws {
        let nothing = try FleetRecord(reading: nil, endpoint: .huggingFace)
        let empty = try FleetRecord(reading: try directory(), endpoint: .huggingFace)
        #expect(nothing.lastWrite(of: "KEY", in: "spaces/acme/chat") == nil)
        #expect(empty.lastWrite(of: "KEY", in: "spaces/acme/chat") == nil)
        try nothing.note(write, of: "KEY", in: "spaces/acme/chat")
        #expect(nothing.lastWrite(of: "KEY", in: "spaces/acme/chat") == write)
    }

    @Test("leaves out what it cannot read: less is proven then")
    func damaged() throws {
        let record = try FleetRecord(writing: try directory(), endpoint: .huggingFace)
        try record.note(write, of: "KEY", in: "spaces/acme/chat")
        try record.note(write, of: "NEXT", in: "spaces/acme/chat")
        let lines = try #require(files[path]).split(separator: "\n").map(String.init)
        let damaged = MemoryFiles(
            [path: "\0\0\n[]\n{}\n\(lines[0])\n\(lines[1].dropLast(9))"], privateBases: ["/state"])
        let again = try FleetRecord(reading: try directory(damaged), endpoint: .huggingFace)
        #expect(again.lastWrite(of: "KEY", in: "spaces/acme/chat") == write)
        #expect(again.lastWrite(of: "NEXT", in: "spaces/acme/chat") == nil)
    }

    @Test("is written anew once most of it is old")
    func compacted() throws {
        let record = try FleetRecord(writing: try directory(), endpoint: .huggingFace)
        for _ in 0..<1_100 { try record.note(write, of: "KEY", in: "spaces/acme/chat") }
        let again = try FleetRecord(writing: try directory(), endpoint: .huggingFace)
        #expect(again.lastWrite(of: "KEY", in: "spaces/acme/chat") == write)
        #expect(try #require(files[path]).split(separator: "\n").count == 1)
    }
}
