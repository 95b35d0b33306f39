#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif
internal import HFMintFuzzing

/// The entry that `HFMINT_FUZZ_ENTRY` names.
private let entry: FuzzEntry = {
    let name = unsafe getenv("HFMINT_FUZZ_ENTRY").map { unsafe String(cString: $0) } ?? ""
    guard let entry = allFuzzEntries.first(where: { $0.name == name }) else {
        let names = allFuzzEntries.map(\.name).joined(separator: " ")
        fatalError("HFMINT_FUZZ_ENTRY is '\(name)', and must be one of: \(names)")
    }
    return entry
}()

/// What libFuzzer calls, <https://llvm.org/docs/LibFuzzer.html#fuzz-target>.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    entry.run(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
