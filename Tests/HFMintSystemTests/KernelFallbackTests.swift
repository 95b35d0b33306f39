import Foundation
import Glibc
import HFMintCore
import HFMintTesting
import Testing

@testable import HFMintSystem

@Suite("what a kernel, a file system or a sandbox lacks has a second way")
struct KernelFallbackTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let failures = [ENOSYS, EPERM, ENOLCK, EOPNOTSUPP, EINVAL]

    /// A file, and whether its lock was taken; the lock is held until the file is closed.
    private struct Taken: Sendable {
        let file: SharedDescriptor
        let isTaken: Bool
    }

    private func lock(without calls: [LackedCall]) throws -> Taken {
        let path = folder("lock")
        return try LackedCall.without(calls) {
            let file = SharedDescriptor(try Descriptor.open(path, O_RDWR | O_CREAT, mode: 0o600))
            return Taken(file: file, isTaken: try file.descriptor.tryLock())
        }
    }

    @Test("a lock of one kind alone meets one of both", arguments: failures)
    func locks(failure: CInt) throws {
        var kinds: [[LackedCall]] = [[], [.ownLock(failure)]]
        // The kernel may say ENOLCK to one process alone.
        if failure != ENOLCK { kinds.append([.flock(failure)]) }
        for kind in kinds {
            for (first, second) in [(kind, []), ([], kind), (kind, kind)] {
                let held = try lock(without: first)
                #expect(held.isTaken)
                let other = try lock(without: second)
                #expect(!other.isTaken)
                // The process that was refused keeps neither kind of lock.
                held.file.descriptor.unlock()
                let last = try lock(without: [])
                #expect(last.isTaken)
                // Closing is not enough: a program that another test has just started may have the file open too.
                last.file.descriptor.unlock()
            }
        }
    }

    @Test("without any kind of lock it says so", arguments: failures)
    func noLocks(failure: CInt) throws {
        #expect(throws: Errno(code: failure)) { try lock(without: [.flock(failure), .ownLock(failure)]) }
        #expect(throws: Errno(code: ENOLCK)) { try lock(without: [.flock(ENOLCK)]) }
    }

    @Test("a log is read between two writes, whichever locks there are", arguments: failures)
    func reads(failure: CInt) throws {
        let path = try folder.file("log", "one\n")
        let locked = try LackedCall.without([.flock(failure == ENOLCK ? EPERM : failure)]) {
            let file = SharedDescriptor(try Descriptor.open(path, O_RDWR))
            return Taken(file: file, isTaken: try file.descriptor.tryLock())
        }
        #expect(locked.isTaken)
        for calls in [[], [LackedCall.flock(failure)]] {
            let clock = FrozenClock()
            let held = #expect(throws: FileFailure.self) {
                try LackedCall.without(calls) {
                    _ = try PosixFiles().readLog(path, until: clock.uptime() + .seconds(1), clock: clock)
                }
            }
            #expect(held == FileFailure(path, "another process holds it, and did not let go in time"))
            #expect(!clock.sleeps.isEmpty)
        }
        // A log is read without locks too, because nobody can write it without them.
        try LackedCall.without([.flock(failure), .ownLock(failure)]) {
            _ = try PosixFiles().readLog(path, until: Uptime(sinceStart: .zero), clock: FrozenClock())
        }
    }

    @Test("what is written is flushed by what is left", arguments: failures)
    func flushes(failure: CInt) throws {
        let path = try folder.file("file", "text")
        func flush(_ calls: [LackedCall], _ durability: Durability) throws {
            try LackedCall.without(calls) { try Descriptor.open(path, O_RDWR).sync(durability) }
        }
        try flush([.fsync(failure)], .needed)
        try flush([.fsync(failure), .fdatasync(failure)], .needed)
        let all: [LackedCall] = [.fsync(failure), .fdatasync(failure), .syncfs(failure)]
        try flush(all, .wanted)
        #expect(throws: Errno(code: failure)) { try flush(all, .needed) }
        #expect(throws: Errno(code: EIO)) { try flush([.fsync(EIO)], .wanted) }
    }

    @Test("a user's file is placed, replaced and erased without RENAME_NOREPLACE", arguments: failures)
    func renames(failure: CInt) throws {
        let path = folder("t")
        for calls in [[LackedCall.renameat2(failure)], [.renameat2(failure), .linkat(failure)]] {
            let marks = KeptMarks()
            let erasures = try LackedCall.without(calls) {
                let files = PosixFiles()
                for text in ["one", "two"] { try files.replaceUserFile(path, with: Secret(text), marks: marks) }
                return try marks.all.map { try files.eraseUserFile(path, $0, marks: marks) }
            }
            #expect(erasures == [.erased])
            #expect(try folder.names().isEmpty)
        }
    }

    @Test("a file gets its name by the one call or the other", arguments: failures)
    func renamesPlainly(failure: CInt) throws {
        let path = try folder.folder("d")
        for call in [LackedCall.renameat(failure), .renameat2(failure)] {
            try LackedCall.without([call]) {
                let directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
                try directory.replaceBelow("file", with: Secret("text"), .needed)
            }
            #expect(try folder.names("d") == ["file"])
        }
    }
}
