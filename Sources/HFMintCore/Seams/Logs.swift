/// Logs that several processes write, and that anyone may read.
package protocol Logs: Sendable {
    /// Appends the bytes that `lines` returns for the log's end, and waits until they are durable.
    ///
    /// It holds the kernel lock of the log, writes once, and makes a log that does not exist (0600).
    ///
    /// - Throws: ``FileFailure`` if the log is a symlink, no regular file, another user's, or has a second name; if
    ///   others can write it; if others can write its directory and it lacks the sticky bit; if another process holds
    ///   the log until `deadline`.
    func appendToLog(
        _ path: String, until deadline: Uptime, clock: any Clock,
        _ lines: (any LogEnd) throws(FileFailure) -> [UInt8]
    ) throws(FileFailure)

    /// Replaces the content of a short file with the bytes that `change` returns, and waits until they are durable.
    ///
    /// It holds the kernel lock of the file during `change`, writes once, and refuses the same files as
    /// ``appendToLog(_:until:clock:_:)``.
    ///
    /// - Parameter change: returns nil to leave the file as it is.
    func updateLog(
        _ path: String, until deadline: Uptime, clock: any Clock,
        _ change: (any LogEnd) throws(FileFailure) -> [UInt8]?
    ) throws(FileFailure)

    /// Throws what ``appendToLog(_:until:clock:_:)`` would throw, without a change.
    ///
    /// - Parameter look: gets the end of the log if it exists.
    func checkLog(_ path: String, _ look: (any LogEnd) throws(FileFailure) -> Void) throws(FileFailure)

    /// Opens a log of any owner for reading, or returns nil if it does not exist.
    ///
    /// - Throws: ``FileFailure`` also if another process writes it until `deadline`.
    func readLog(_ path: String, until deadline: Uptime, clock: any Clock) throws(FileFailure) -> (any LogReader)?
}

/// The end of a log that no other process can write meanwhile.
package protocol LogEnd {
    /// The number of bytes of the whole log.
    var byteCount: Int { get }

    /// Returns the last `count` bytes, or all if there are fewer.
    func last(_ count: Int) throws(FileFailure) -> [UInt8]
}

/// A log that is read from its beginning, in pieces.
package protocol LogReader {
    /// Skips `count` bytes of a regular file.
    func skip(_ count: Int) throws(FileFailure)

    /// Returns the next piece, or nil at the end that the log had when it was opened.
    func next() throws(FileFailure) -> [UInt8]?

    /// The end of the log, or nil if it is a pipe.
    var end: (any LogEnd)? { get }
}
