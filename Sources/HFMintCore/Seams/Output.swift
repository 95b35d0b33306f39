/// The streams to which hfmint writes.
///
/// Only what was asked for goes to stdout; words for people go to stderr.
package protocol Output: Sendable {
    /// Writes `text` in one write.
    func write(_ text: borrowing Secret, to stream: OutputStream)

    func kind(of stream: OutputStream) -> StreamKind

    /// Why a write failed, or nil; a mask for the CI system may have been lost with it.
    var failure: String? { get }
}

package enum OutputStream: String, Sendable {
    case out, err
}

package enum StreamKind: Sendable {
    case terminal
    /// A regular file, or a device such as `/dev/null`, which no runner reads.
    case file
    /// A pipe or a socket.
    case other
}

extension Output {
    package func write(_ text: String, to stream: OutputStream) {
        write(Secret(copying: text.utf8), to: stream)
    }
}
