import Glibc

/// The variables that hfmint was started with, for itself and for what it starts.
@safe final class GivenVariables: @unchecked Sendable {
    // `@unchecked`: nobody writes to it.
    static let shared = GivenVariables()

    /// As the kernel laid them out; it ends with a null.
    let list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// A copy of the list alone: what is taken out of `environ` stays in it.
    private init() {
        let variables: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = unsafe environ
        var count = 1
        while unsafe variables[count - 1] != nil { count += 1 }
        unsafe list = .allocate(capacity: count)
        unsafe list.initialize(from: variables, count: count)
    }

    /// Takes out of `environ` what a library acts on by itself.
    ///
    /// No other thread may run yet: libraries read it at any time, and nothing guards it.
    func hideFromLibraries() {
        // libcurl would write the keys of every TLS session into the file that this variable names.
        _ = unsafe unsetenv("SSLKEYLOGFILE")
    }
}
