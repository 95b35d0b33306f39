/// Returns why a shared library cannot be used, for the user who has to install it.
///
/// - Parameter missing: the library, or the function, or the working library, that was not found.
func absence(of library: String, _ missing: String) -> String {
    guard missing.utf8.elementsEqual(library.utf8) else {
        return missing.utf8.contains(0x20)
            ? "this is not \(missing)"
            : "the \(library) that is found here lacks \(missing): it is too old, or another library by that name, which"
                + " LD_LIBRARY_PATH or LD_PRELOAD brings"
    }
    return "\(library) is not installed"
}
