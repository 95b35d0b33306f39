import HFMintFuzzing
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Every seed of `Tests/Fuzz/Corpus`, through the entry that its folder names.
///
/// A broken property stops the process and says which; the last file that was tried is the one.
@Suite("seeds of the fuzz targets")
struct ReplayTests {
    @Test("hold", arguments: allFuzzEntries.map(\.name))
    func seedsHold(_ name: String) throws {
        let entry = try #require(allFuzzEntries.first { $0.name == name })
        let folder = corpus + "/" + name
        let seeds = names(in: folder)
        try #require(!seeds.isEmpty, "\(folder) is missing or empty")
        #expect(seeds.count < 60)
        for seed in seeds {
            let bytes = try #require(contents(of: "\(folder)/\(seed)"))
            #expect(bytes.count <= 1_024, "\(name)/\(seed) is too large for a seed")
            entry.run(bytes)
        }
        // What no file can hold: nothing, and every byte alone.
        entry.run([])
        for byte in UInt8.min...UInt8.max { entry.run([byte]) }
    }

    @Test("belong to an entry each")
    func foldersAreEntries() {
        #expect(names(in: corpus).sorted() == allFuzzEntries.map(\.name).sorted())
    }
}

private let corpus =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    .joined(separator: "/") + "/Fuzz/Corpus"

private func names(in folder: String) -> [String] {
    guard let directory = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
        let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names
}

private func contents(of path: String) -> [UInt8]? {
    guard let file = unsafe fopen(path, "rb") else { return nil }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8_192)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
}
