#if canImport(Testing)
import Testing
#endif

/// Fails the test that runs: something was done that its script does not foresee.
///
/// Recorded as well as thrown by the fakes, as the code under test may swallow what is thrown. Where the testing
/// library does not exist (a release build of everything, with a static runtime), nothing runs this.
package func unscripted(_ what: String) {
    #if canImport(Testing)
    Issue.record("unscripted: \(what)")
    #endif
}
