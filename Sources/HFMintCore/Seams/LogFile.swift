/// A file of lines that this process holds, so that no other can write it.
package protocol LogFile: Sendable {
    func read() throws(FileFailure) -> [UInt8]

    /// Appends a line, and waits until it is durable; ends a torn line at the end first.
    func append(_ line: [UInt8]) throws(FileFailure)

    /// Replaces the whole content; after a crash the file holds the old or the new one.
    func replace(_ content: [UInt8]) throws(FileFailure)
}
