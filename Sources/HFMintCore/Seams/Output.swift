/// Where hfmint writes.
///
/// The split is a promise: what was asked for goes to stdout and nothing else does, words for people go to stderr.
/// Each call is one write.
package protocol Output: Sendable {
    func write(_ text: borrowing Secret, to stream: OutputStream)

    func kind(of stream: OutputStream) -> StreamKind

    /// What could not be written, and why: a mask may have been in it.
    var failure: String? { get }
}

package enum OutputStream: String, Sendable {
    case out, err
}

package enum StreamKind: Sendable {
    case terminal
    /// A regular file, or a device such as `/dev/null`: no runner reads it.
    case file
    /// A pipe or a socket.
    case other
}

extension Output {
    package var failure: String? { nil }

    package func write(_ text: String, to stream: OutputStream) {
        write(Secret(copying: text.utf8), to: stream)
    }
}
