internal import HFMintCore

/// A shared library that was opened, or why none could be.
struct OpenedLibrary<Functions>: @unchecked Sendable {
    // `@unchecked`: the function pointers are written once.
    private let result: Result<Functions, MintError>

    /// Opens the first of `files` that can be used.
    ///
    /// If none can, the reason is that of the first one that is installed.
    ///
    /// - Parameter open: opens the library with this file name.
    init(
        _ library: PackageManager.Library, _ files: [String],
        open: (_ file: String) throws(LibraryRefusal) -> Functions
    ) {
        var refusals: [String] = []
        for file in files {
            do throws(LibraryRefusal) {
                result = .success(try open(file))
                return
            } catch {
                if let reason = error.reason { refusals.append(reason) }
            }
        }
        let names = files.count > 1 ? "none of \(files.joined(separator: ", "))" : files.joined()
        let verb = files.count > 1 ? "is installed" : "is not installed"
        let installer = PackageManager.ofThisMachine.map { "install it: \($0.command(for: library))" }
        result = .failure(
            MintError(
                .libraryMissing, refusals.first ?? "\(names) \(verb)",
                hint: installer ?? "install it with this system's package manager"))
    }

    func get() throws(MintError) -> Functions { try result.get() }
}

/// Why one file cannot be used.
struct LibraryRefusal: Error {
    /// Nil if it is not installed.
    let reason: String?

    init(_ reason: String?) {
        self.reason = reason
    }

    /// Throws unless `missing` is nil.
    ///
    /// - Parameter missing: the name of the function that was not found, which is empty if the file was not.
    static func check(_ missing: UnsafePointer<CChar>?, of file: String) throws(LibraryRefusal) {
        guard let missing = unsafe missing.map({ unsafe String(cString: $0) }) else { return }
        guard !missing.isEmpty else { throw LibraryRefusal(nil) }
        throw LibraryRefusal(
            "the \(file) that is found here lacks \(missing): it is too old, or another library by that name, which"
                + " LD_LIBRARY_PATH or LD_PRELOAD brings")
    }
}

extension PackageManager {
    fileprivate static var ofThisMachine: PackageManager? {
        for path in ["/etc/os-release", "/usr/lib/os-release"] {
            guard let content = try? PosixFiles().read(path, limit: 64 << 10) else { continue }
            return PackageManager(osRelease: content.reveal { $0.bytes })
        }
        return nil
    }
}
