/// A door at which threads wait until another thread opens it for good.
package protocol Latch: Sendable {
    /// Opens the door for all threads that wait now or later.
    func open()

    /// Waits until the door is open.
    func wait()
}
