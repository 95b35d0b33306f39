/// A splitter that cuts a stream into lines, and holds at most one of them.
package struct LineSplitter {
    private var carry: [UInt8] = []
    private var isTooLong = false

    package init() {}

    /// Whether the stream so far ends in the middle of a line.
    package var isInLine: Bool { !carry.isEmpty || isTooLong }

    /// The bytes of the line that has not ended, or none if it is too long.
    package var rest: [UInt8] { carry }

    /// Calls `body` with each line that ends in `piece`, without its line feed.
    ///
    /// - Parameter body: gets `true` for a line that is longer than any of an audit log; its bytes may be missing.
    package mutating func read<Failure: Error>(
        _ piece: Span<UInt8>, _ body: (_ line: Span<UInt8>, _ isTooLong: Bool) throws(Failure) -> Void
    ) throws(Failure) {
        var start = 0
        for index in piece.indices where piece[index] == ASCII.lineFeed {
            let end = piece.extracting(start..<index)
            start = index + 1
            try self.end(end, body)
        }
        if start < piece.count { append(piece.extracting(start..<piece.count)) }
    }

    private mutating func end<Failure: Error>(
        _ end: Span<UInt8>, _ body: (Span<UInt8>, Bool) throws(Failure) -> Void
    ) throws(Failure) {
        if carry.isEmpty, !isTooLong { return try body(end, end.count > AuditLine.byteLimit) }
        append(end)
        let (line, wasTooLong) = (carry, isTooLong)
        carry.removeAll(keepingCapacity: true)
        isTooLong = false
        try body(line.span, wasTooLong)
    }

    private mutating func append(_ rest: Span<UInt8>) {
        guard !isTooLong else { return }
        guard carry.count + rest.count <= AuditLine.byteLimit else {
            isTooLong = true
            return carry.removeAll()
        }
        carry.reserveCapacity(carry.count + rest.count)
        for index in rest.indices { carry.append(rest[index]) }
    }
}
