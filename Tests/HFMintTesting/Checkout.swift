import HFMintCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The checkout that the tests were built from.
package enum Checkout {
    package static let path = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    /// Returns the bytes of the file at this path from the checkout's root.
    package static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = unsafe fopen("\(Self.path)/\(path)", "rb") else { throw FileFailure(path, "it is not there") }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while case let count = unsafe fread(&part, 1, part.count, file), count > 0 { bytes += part[..<count] }
        return bytes
    }

    /// Returns the text of the file at this path from the checkout's root.
    package static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }
}
