/// A door before which threads wait until one of them opens it, for good.
package protocol Latch: Sendable {
    /// Lets everybody through who waits, and who comes later.
    func open()

    /// Returns when it is open.
    func wait()
}
