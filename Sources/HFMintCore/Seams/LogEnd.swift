/// The end of a log, while nobody else can write it.
package protocol LogEnd {
    /// Of the whole log.
    var byteCount: Int { get }

    /// The last `count` bytes, or as many as there are.
    func last(_ count: Int) throws(FileFailure) -> [UInt8]
}

/// A log that is read from its beginning, in pieces.
package protocol LogReader {
    /// Passes over so many bytes of a regular file.
    func skip(_ count: Int) throws(FileFailure)

    /// The next piece; `nil` after the last. What is written after it was opened is not part of it.
    func next() throws(FileFailure) -> [UInt8]?

    /// `nil` where there is no end to begin with: a pipe.
    var end: (any LogEnd)? { get }
}
