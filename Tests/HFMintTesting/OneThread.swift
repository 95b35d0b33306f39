internal import HFMintCore

/// Runs one unit after the other, without waiting for any.
package struct OneThread: Workers {
    package init() {}

    package func run(_ units: [@Sendable () -> Duration?]) {
        for unit in units {
            while unit() != nil {}
        }
    }
}
