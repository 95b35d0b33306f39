import Glibc

/// The variables that hfmint was started with, for itself and for what it starts.
@safe final class GivenVariables: @unchecked Sendable {
    // `@unchecked`: it never changes.
    static let shared = GivenVariables()

    /// The variables as C strings, and a null at the end.
    let list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// Copies the list, so that a variable that is removed from `environ` stays in this one.
    private init() {
        let variables: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = unsafe environ
        var count = 1
        while unsafe variables[count - 1] != nil { count += 1 }
        unsafe list = .allocate(capacity: count)
        unsafe list.initialize(from: variables, count: count)
    }

    /// Removes from `environ` the variables that a library would act on by itself.
    ///
    /// No other thread may run yet, because libraries read `environ` at any time and without a lock.
    func hideFromLibraries() {
        // libcurl would write the keys of every TLS session into the file that this variable names.
        _ = unsafe unsetenv("SSLKEYLOGFILE")
    }
}
