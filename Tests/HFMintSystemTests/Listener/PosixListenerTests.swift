import Foundation
import Glibc
import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

@Suite("listener")
struct PosixListenerTests {
    @Test("answers at a socket that its user and group alone may write to, and removes it")
    func serves() throws {
        let folder = try TemporaryFolder()
        let server = try ServedSocket(folder("s.sock"))
        #expect(try folder.mode("s.sock") == 0o660)
        #expect(try server.ask(FastCGIBytes.request()) == "Status: 204 No Content\r\n\r\n")
        server.stop()
        #expect(try folder.names() == [])
    }

    @Test("says what was wrong on a connection, and whose it was")
    func complains() throws {
        let folder = try TemporaryFolder()
        let server = try ServedSocket(folder("s.sock"))
        #expect(try server.ask([9, 9, 9, 9, 9, 9, 9, 9]) == nil)
        server.stop()
        #expect(server.notes.count == 1)
        #expect(server.peers == [geteuid()])
    }

    @Test("answers on one connection as often as it is asked")
    func keepsConnection() throws {
        let folder = try TemporaryFolder()
        let server = try ServedSocket(folder("s.sock"))
        let client = try SocketClient(folder("s.sock"))
        for id: UInt16 in [1, 3, 5] {
            try client.send(FastCGIBytes.request(id, keepsConnection: true))
            #expect(FastCGIBytes.answer(try client.read(answerSize), to: id) == "Status: 204 No Content\r\n\r\n")
        }
        server.stop()
    }

    @Test("answers later, and finishes that before it ends")
    func drains() throws {
        let folder = try TemporaryFolder()
        let server = try ServedSocket(folder("s.sock"))
        let client = try SocketClient(folder("s.sock"))
        let idle = try SocketClient(folder("s.sock"))
        try idle.send(FastCGIBytes.request(keepsConnection: true))
        _ = try idle.read(answerSize)
        try client.send(FastCGIBytes.request(keepsConnection: true, with: [("HFMINT_URI", "/later")]))
        server.waitForReply()
        server.listener.drain()
        #expect(try idle.readAll().isEmpty)
        server.waiting.forEach { $0.send(ServeAnswer(.forbidden)) }
        #expect(FastCGIBytes.answer(try client.readAll()) == "Status: 403 Forbidden\r\n\r\n")
        server.stop()
    }

    @Test("cuts off what does not arrive in time, and forgets what nobody waits for")
    func limits() throws {
        let folder = try TemporaryFolder()
        var limits = ListenerLimits()
        limits.arrival = .milliseconds(50)
        limits.answer = .milliseconds(50)
        let server = try ServedSocket(folder("s.sock"), limits: limits)
        let slow = try SocketClient(folder("s.sock"))
        try slow.send(FastCGIBytes.begin())
        #expect(try slow.readAll().isEmpty)
        let waiting = try SocketClient(folder("s.sock"))
        try waiting.send(FastCGIBytes.request(with: [("HFMINT_URI", "/later")]))
        #expect(try waiting.readAll().isEmpty)
        #expect(server.notes == ["a request did not arrive in time", "a request got no answer in time"])
        #expect(server.waiting.map(\.isWanted) == [false])
        server.stop()
    }

    @Test("tells one connection too many that it is")
    func overload() throws {
        let folder = try TemporaryFolder()
        var limits = ListenerLimits()
        limits.connections = 16
        let server = try ServedSocket(folder("s.sock"), limits: limits)
        let clients = try (0..<16).map { _ in
            let client = try SocketClient(folder("s.sock"))
            try client.send(FastCGIBytes.request(keepsConnection: true))
            _ = try client.read(answerSize)
            return client
        }
        let last = try SocketClient(folder("s.sock"))
        // The server may have closed it before the request came.
        try? last.send(FastCGIBytes.request())
        let answer = FastCGIBytes.records((try? last.readAll()) ?? [])
        let no = Array("Status: 503 Service Unavailable\r\n\r\n".utf8)
        #expect(answer == [] || answer == [.init(6, 1, no), .init(6, 1, []), .init(3, 1, [0, 0, 0, 0, 2, 0, 0, 0])])
        #expect(server.notes == ["there are too many connections"])
        withExtendedLifetime(clients) { server.stop() }
    }

    @Test("takes the place of a forgotten socket, and of nothing else")
    func place() throws {
        let folder = try TemporaryFolder()
        let listener = PosixListener([:], obeysSignals: false)
        func failure() -> String? {
            do throws(FileFailure) {
                try listener.serve(FastCGIService(respond: { _, _ in }), at: .path(folder("s.sock"), group: nil))
                return nil
            } catch { return error.reason }
        }
        try folder.file("s.sock")
        #expect(failure() == "it is there, and not a socket")
        try FileManager.default.removeItem(atPath: folder("s.sock"))
        let server = try ServedSocket(folder("s.sock"))
        #expect(failure() == "another process listens there")
        server.stop()
        try SocketClient.leaveSocket(folder("s.sock"))
        let next = try ServedSocket(folder("s.sock"))
        #expect(try next.ask(FastCGIBytes.request()) == "Status: 204 No Content\r\n\r\n")
        next.stop()
    }

    @Test("says what is wrong with a path or a group")
    func refusals() throws {
        let folder = try TemporaryFolder()
        let listener = PosixListener([:], obeysSignals: false)
        let service = FastCGIService(respond: { _, _ in })
        let long = folder(String(repeating: "x", count: 120))
        #expect(throws: FileFailure(long, "a socket's path has at most 107 bytes")) {
            try listener.serve(service, at: .path(long, group: nil))
        }
        let path = folder("s.sock")
        #expect(throws: FileFailure(path, "there is no group 'hfmint-none'")) {
            try listener.serve(service, at: .path(path, group: "hfmint-none"))
        }
        #expect(try folder.names() == [])
    }

    @Test("takes no socket from variables that are another process's")
    func inherited() {
        let others: Environment = ["LISTEN_PID": "1", "LISTEN_FDS": "1"]
        #expect(!PosixListener(others, obeysSignals: false).hasInheritedSocket)
        let many = Environment(entries: [Array("LISTEN_PID=\(getpid())".utf8), Array("LISTEN_FDS=1000".utf8)])
        #expect(!PosixListener(many, obeysSignals: false).hasInheritedSocket)
    }
}

/// Of 204 without headers: its record, the end of the output, and the end of the request.
private let answerSize = 8 + "Status: 204 No Content\r\n\r\n".utf8.count + 8 + 16
