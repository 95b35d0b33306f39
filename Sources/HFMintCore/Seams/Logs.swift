/// Logs that several processes write, and anyone may read.
package protocol Logs: Sendable {
    /// Appends what `lines` makes of the log's end, in one write under the kernel's lock; durable when it returns.
    ///
    /// A log that is not there yet is made, 0600.
    ///
    /// - Throws: ``FileFailure`` if it is a symlink, no regular file, another user's, or has a second name; if others
    ///   can write it, or its directory, which lacks the sticky bit; if another process holds it until `deadline`.
    func appendToLog(
        _ path: String, until deadline: Uptime, clock: any Clock,
        _ lines: (any LogEnd) throws(FileFailure) -> [UInt8]
    ) throws(FileFailure)

    /// Replaces what a short file holds by what `change` makes of it, in one write under the kernel's lock, which is
    /// held meanwhile; durable when it returns. The file is one as in ``appendToLog(_:until:clock:_:)``.
    ///
    /// - Parameter change: `nil` leaves the file as it is.
    func updateLog(
        _ path: String, until deadline: Uptime, clock: any Clock,
        _ change: (any LogEnd) throws(FileFailure) -> [UInt8]?
    ) throws(FileFailure)

    /// Whether ``appendToLog(_:until:clock:_:)`` would refuse this log, without any change; `look` gets the end of one
    /// that is there.
    func checkLog(_ path: String, _ look: (any LogEnd) throws(FileFailure) -> Void) throws(FileFailure)

    /// A log as it is at this moment, whoever owns it.
    ///
    /// - Returns: `nil` where there is none.
    /// - Throws: ``FileFailure`` also where another process writes it until `deadline`.
    func readLog(_ path: String, until deadline: Uptime, clock: any Clock) throws(FileFailure) -> (any LogReader)?
}

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
