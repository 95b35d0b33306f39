/// Splits a stream of bytes into records, whatever pieces it arrives in.
///
/// It keeps at most a header.
struct FastCGIRecordReader {
    /// A piece of a record.
    ///
    /// Each record gives a header, any number of contents, and an end.
    enum Piece: Equatable {
        case header(FastCGIHeader)
        /// Where content stands in the bytes that were given.
        case content(Range<Int>)
        /// The content is complete; padding may follow.
        case end
    }

    private var header: [UInt8] = []
    private var contentLeft = 0
    private var paddingLeft = 0
    private var hasOpenRecord = false

    /// Whether the last byte that was read is the last of its record.
    var isBetweenRecords: Bool { !hasOpenRecord && header.isEmpty && paddingLeft == 0 }

    /// Returns the next piece at or after `position`, which it moves behind the piece; nil if more bytes are needed.
    mutating func next(_ bytes: Span<UInt8>, at position: inout Int) throws(FastCGIFault) -> Piece? {
        if hasOpenRecord {
            guard contentLeft > 0 else {
                hasOpenRecord = false
                return .end
            }
            let count = min(contentLeft, bytes.count - position)
            guard count > 0 else { return nil }
            contentLeft -= count
            position += count
            return .content(position - count..<position)
        }
        let skipped = min(paddingLeft, bytes.count - position)
        paddingLeft -= skipped
        position += skipped
        guard let complete = try nextHeader(bytes, at: &position) else { return nil }
        (contentLeft, paddingLeft, hasOpenRecord) = (complete.contentLength, complete.paddingLength, true)
        return .header(complete)
    }

    private mutating func nextHeader(_ bytes: Span<UInt8>, at position: inout Int) throws(FastCGIFault)
        -> FastCGIHeader?
    {
        let size = FastCGIHeader.byteCount
        if header.isEmpty && bytes.count - position >= size {
            defer { position += size }
            return try FastCGIHeader(bytes.extracting(position..<position + size))
        }
        while header.count < size {
            guard position < bytes.count else { return nil }
            header.append(bytes[position])
            position += 1
        }
        defer { header.removeAll(keepingCapacity: true) }
        return try FastCGIHeader(header.span)
    }
}
