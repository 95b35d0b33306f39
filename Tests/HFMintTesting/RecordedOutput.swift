package import HFMintCore
import Synchronization

/// An output that keeps every write, in order.
package final class RecordedOutput: Output {
    package struct Write: Equatable, Sendable {
        package let stream: OutputStream
        package let text: String

        package init(stream: OutputStream, text: String) {
            self.stream = stream
            self.text = text
        }
    }

    package let failure: String? = nil
    private let writes = Mutex<[Write]>([])
    private let kinds: [OutputStream: StreamKind]

    package init(out: StreamKind = .other, err: StreamKind = .other) {
        kinds = [.out: out, .err: err]
    }

    package func write(_ text: borrowing Secret, to stream: OutputStream) {
        let write = Write(stream: stream, text: text.revealedText())
        writes.withLock { $0.append(write) }
    }

    package func kind(of stream: OutputStream) -> StreamKind { kinds[stream] ?? .other }

    package var all: [Write] { writes.withLock { $0 } }
    package var out: String { text(of: .out) }
    package var err: String { text(of: .err) }

    private func text(of stream: OutputStream) -> String {
        all.filter { $0.stream == stream }.map(\.text).joined()
    }
}
