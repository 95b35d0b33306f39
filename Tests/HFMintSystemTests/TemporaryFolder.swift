import Foundation
import Glibc
import HFMintCore
import HFMintTesting
import Testing

/// A folder that is removed at the end of its test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("\(NSTemporaryDirectory())/hfmint-test-XXXXXX".utf8CString)
        let made: Bool = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return false }
            return unsafe mkdtemp(start) != nil
        }
        try #require(made)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = URL(filePath: folder).resolvingSymlinksInPath().path()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Makes a file, and returns its path.
    @discardableResult
    func file(_ name: String, _ text: String = "", mode: Int = 0o600) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: self(name)))
        try chmod(name, mode)
        return self(name)
    }

    /// Puts another file in the place of one.
    func put(_ name: String, _ text: String) throws {
        try file("\(name).new", text)
        guard unsafe rename(self("\(name).new"), self(name)) == 0 else { throw POSIXError(.EIO) }
    }

    @discardableResult
    func folder(_ name: String, mode: Int = 0o700) throws -> String {
        try FileManager.default.createDirectory(atPath: self(name), withIntermediateDirectories: true)
        try chmod(name, mode)
        return self(name)
    }

    func chmod(_ name: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: self(name))
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: self(name), withDestinationPath: target)
    }

    func fifo(_ name: String) throws {
        let status = unsafe mkfifo(self(name), 0o600)
        try #require(status == 0)
    }

    func text(_ name: String) throws -> String {
        let size = try FileManager.default.attributesOfItem(atPath: self(name))[.size] as? Int
        // Foundation leaks a page when it reads an empty file, and the sanitizers' runs must be clean.
        return size == 0 ? "" : try String(contentsOfFile: self(name), encoding: .utf8)
    }

    func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: self(name))[.posixPermissions] as? Int
    }

    func names(_ name: String = ".") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self(name)).sorted()
    }
}
