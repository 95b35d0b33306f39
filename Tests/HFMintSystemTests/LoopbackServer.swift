import Foundation
import Glibc
import HFMintCore
import Testing

/// A server on loopback that gives each connection the next of its answers, byte for byte, and keeps what was asked.
final class LoopbackServer: @unchecked Sendable {
    // `@unchecked`: `requests` is only touched under `lock`.
    private let socketNumber: CInt
    private let lock = NSLock()
    private var requests: [String] = []
    let port: Int

    /// - Parameter answers: each a whole answer; an empty one closes the connection without a word.
    convenience init(_ answers: [String]) throws { try self.init(connections: answers.map { [$0] }) }

    /// - Parameter connections: what each connection answers, one after the other, before it is closed.
    init(connections: [[String]]) throws {
        socketNumber = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let number = socketNumber
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound: Bool = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(number, pointer, size) == 0 && listen(number, 16) == 0
                    && getsockname(number, pointer, &size) == 0
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        try #require(isBound)
        Thread.detachNewThread { [self] in connections.forEach { serve($0) } }
    }

    deinit { _ = close(socketNumber) }

    var asked: [String] {
        lock.lock()
        defer { lock.unlock() }
        return requests
    }

    func url(_ target: String) throws -> HTTPURL { try #require(HTTPURL("http://127.0.0.1:\(port)\(target)")) }

    private func serve(_ answers: [String]) {
        let connection = accept(socketNumber, nil, nil)
        guard connection >= 0 else { return }
        defer { _ = close(connection) }
        answers.forEach { serve($0, on: connection) }
    }

    private func serve(_ answer: String, on connection: CInt) {
        var text = ""
        while !isWhole(text) {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = unsafe recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        lock.lock()
        requests.append(text)
        lock.unlock()
        let bytes = Array(answer.utf8)
        _ = unsafe send(connection, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }

    /// Whether the head is there, and as many bytes of a body as it announces.
    private func isWhole(_ text: String) -> Bool {
        let parts = text.components(separatedBy: "\r\n\r\n")
        guard parts.count > 1 else { return false }
        let length = parts[0].components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        let count = length.flatMap { Int($0.dropFirst("content-length:".count).drop { $0 == " " }) } ?? 0
        return parts.dropFirst().joined(separator: "\r\n\r\n").utf8.count >= count
    }
}
