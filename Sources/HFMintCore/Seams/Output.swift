/// Where hfmint writes.
///
/// The split is a promise: what was asked for goes to stdout and nothing else does, words for people go to stderr.
/// Each call is one write.
package protocol Output: Sendable {
    func write(_ text: borrowing Secret, to stream: OutputStream)

    func kind(of stream: OutputStream) -> StreamKind
}

package enum OutputStream: String, Sendable {
    case out, err
}

package enum StreamKind: Sendable {
    case terminal
    case file
    /// A pipe, a socket, `/dev/null`.
    case other
}

extension Output {
    package func write(_ text: String, to stream: OutputStream) {
        write(Secret(copying: text.utf8), to: stream)
    }
}
