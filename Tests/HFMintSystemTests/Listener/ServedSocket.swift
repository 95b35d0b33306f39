import Foundation
import Glibc
import HFMintCore
import HFMintSystem
import HFMintTesting
import Testing

/// A listener in a thread of its own.
///
/// It answers 204 to all but `/later`, whose reply it keeps.
final class ServedSocket: @unchecked Sendable {
    // `@unchecked`: what follows the lock is only touched under it.
    let listener: PosixListener
    private let path: String
    fileprivate let begun = DispatchSemaphore(value: 0)
    private let kept = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let lock = NSLock()
    private var keptReplies: [ServeReply] = []
    private var keptNotes: [String] = []
    private var keptPeers: [UInt32] = []

    init(_ path: String, limits: ListenerLimits = ListenerLimits()) throws {
        self.path = path
        listener = PosixListener([:], limits: limits, obeysSignals: false)
        let service = PeerService(
            server: self,
            wrapped: FastCGIService(
                respond: { [self] request, reply in
                    if request.uri.elementsEqual("/later".utf8) {
                        lock.withLock { keptReplies.append(reply) }
                        kept.signal()
                    } else {
                        reply.send(ServeAnswer(.noContent))
                    }
                }, note: { [self] _, reason in lock.withLock { keptNotes.append(reason) } }))
        Thread.detachNewThread { [self] in
            do throws(FileFailure) {
                try listener.serve(service, at: .path(path, group: nil))
            } catch {
                Issue.record("\(error)")
                begun.signal()
            }
            ended.signal()
        }
        begun.wait()
    }

    var waiting: [ServeReply] { lock.withLock { keptReplies } }
    var notes: [String] { lock.withLock { keptNotes } }
    /// The users whose connections were cut off, once each.
    var peers: Set<UInt32> { lock.withLock { Set(keptPeers) } }

    /// Returns when a reply is kept that was not waited for before.
    func waitForReply() { kept.wait() }

    func ask(_ request: [UInt8]) throws -> String? {
        let client = try SocketClient(path)
        try client.send(request)
        return FastCGIBytes.answer(try client.readAll())
    }

    func stop() {
        listener.drain()
        ended.wait()
    }

    fileprivate func note(_ peer: PeerCredential?) {
        if let peer { lock.withLock { keptPeers.append(peer.userID) } }
    }
}

private struct PeerService: ConnectionService {
    let server: ServedSocket
    let wrapped: FastCGIService

    func begin() { server.begun.signal() }

    func open(isOverloaded: Bool, wake: @escaping @Sendable () -> Void) -> any Conversation {
        wrapped.open(isOverloaded: isOverloaded, wake: wake)
    }

    func reload() { wrapped.reload() }

    func cutOff(_ peer: PeerCredential?, _ reason: String) {
        server.note(peer)
        wrapped.cutOff(peer, reason)
    }
}

/// A connection to a Unix socket.
final class SocketClient {
    private let number: CInt

    init(_ path: String) throws {
        number = try unsafe Self.call(path) { unsafe connect($0, $1, $2) }
    }

    deinit { _ = close(number) }

    /// Makes a socket at which nobody listens.
    static func leaveSocket(_ path: String) throws { _ = close(try unsafe call(path) { unsafe bind($0, $1, $2) }) }

    func send(_ bytes: [UInt8]) throws {
        let count = unsafe Glibc.send(number, bytes, bytes.count, CInt(MSG_NOSIGNAL))
        guard count == bytes.count else { throw POSIXError(.EPIPE) }
    }

    /// Reads so many bytes, or up to the end.
    func read(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < count {
            let got = unsafe recv(number, &part, min(part.count, count - bytes.count), 0)
            guard got >= 0 else { throw POSIXError(.ECONNRESET) }
            if got == 0 { break }
            bytes += part[..<got]
        }
        return bytes
    }

    func readAll() throws -> [UInt8] { try read(.max) }

    private static func call(
        _ path: String, _ body: (CInt, UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) throws -> CInt {
        let number = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body(number, $0, size) }
        }
        guard code == 0 else {
            _ = close(number)
            throw POSIXError(.ECONNREFUSED)
        }
        return number
    }
}
