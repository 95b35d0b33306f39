internal import Synchronization

extension Workers {
    /// Calls `body` once for each number below `count`, in their order, at most `width` at once.
    ///
    /// - Parameter body: returns nil if no more of it makes sense; what has not begun is then left out.
    /// - Returns: the results, with nil for what was left out.
    func map<Result: Sendable>(
        _ count: Int, width: Int, _ body: @escaping @Sendable (Int) -> Result?
    ) -> [Result?] {
        let next = Mutex(0)
        let results = Mutex([Result?](repeating: nil, count: count))
        let unit: @Sendable () -> Duration? = {
            let index = next.withLock { next in
                defer { next += 1 }
                return next
            }
            guard index < count, let result = body(index) else { return nil }
            results.withLock { $0[index] = result }
            return .zero
        }
        run(Array(repeating: unit, count: min(width, count)))
        return results.withLock { $0 }
    }
}
