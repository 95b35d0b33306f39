/// A file of lines that this process alone may write while it holds it.
package protocol LogFile: Sendable {
    func read() throws(FileFailure) -> [UInt8]

    /// Durable when it returns. A torn line at the end is ended first.
    func append(_ line: [UInt8]) throws(FileFailure)

    /// Replaces the whole content; after a crash it is the old or the new one.
    func replace(_ content: [UInt8]) throws(FileFailure)
}
