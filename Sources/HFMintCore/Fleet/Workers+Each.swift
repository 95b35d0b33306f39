internal import Synchronization

extension Workers {
    /// Calls `body` once for each number below `count`, in their order, at most `width` at once.
    ///
    /// - Parameter body: returns whether more of it makes sense; after a no, what has not begun is left out.
    func each(of count: Int, width: Int, _ body: @escaping @Sendable (Int) -> Bool) {
        let next = Mutex(0)
        let unit: @Sendable () -> Duration? = {
            let index = next.withLock { next in
                defer { next += 1 }
                return next
            }
            guard index < count else { return nil }
            return body(index) ? .zero : nil
        }
        run(Array(repeating: unit, count: min(width, count)))
    }
}
