import Glibc
internal import HFMintCore

/// Why a system call failed, before anyone knows what it was for.
struct Errno: Error, Equatable {
    let code: CInt

    static var last: Errno { Errno(code: errno) }

    /// In the operating system's words, without a capital: `permission denied`.
    var reason: String {
        let words = unsafe String(cString: strerror(code))
        return words.prefix(1).lowercased() + words.dropFirst()
    }

    func failure(_ path: String) -> FileFailure { FileFailure(path, reason) }
}

/// Runs `body`, and names `path` in what it throws.
func naming<Result: ~Copyable>(
    _ path: String, _ body: () throws(Errno) -> Result
) throws(FileFailure) -> Result {
    do throws(Errno) {
        return try body()
    } catch {
        throw error.failure(path)
    }
}
