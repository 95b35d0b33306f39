internal import Synchronization

/// What the rooms above the seams keep for as long as one command runs, each under a type of its own.
///
/// The copies of a ``Context`` share it, so that what one of them begins counts for all.
package final class CommandState: Sendable {
    private let values = Mutex<[ObjectIdentifier: any AnyObject & Sendable]>([:])

    package init() {}

    /// Returns the value of this type, which the first who asks makes.
    package func value<Value: AnyObject & Sendable>(_ make: () -> Value) -> Value {
        values.withLock { values in
            if let value = values[ObjectIdentifier(Value.self)] as? Value { return value }
            let value = make()
            values[ObjectIdentifier(Value.self)] = value
            return value
        }
    }
}
