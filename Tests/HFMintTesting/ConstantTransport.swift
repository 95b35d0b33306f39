package import HFMintCore
import Synchronization

/// A server that answers every request alike.
package final class ConstantTransport: HTTPTransport {
    package enum Answer: Sendable {
        case status(Int, String)
        case headed(Int, [HTTPHeader], String)
        case failure(TransportError.Kind)
    }

    private let answer: Answer
    private let lines = Mutex<[String]>([])

    package init(_ answer: Answer) {
        self.answer = answer
    }

    package var asked: [String] { lines.withLock { $0 } }

    package func send(
        _ request: HTTPRequest, credential: borrowing HTTPCredential, body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse {
        lines.withLock { $0.append("\(request.method.rawValue) \(request.url)") }
        switch answer {
        case .status(let status, let body): return HTTPResponse(status: status, body: Secret(body))
        case .headed(let status, let headers, let body):
            return HTTPResponse(status: status, headers: headers, body: Secret(body))
        case .failure(let kind): throw TransportError(kind, "scripted")
        }
    }

    package func closeIdleConnections() {}
}

/// The answers of a transport that neither knows libraries nor looks at a proxy.
extension HTTPTransport {
    package var version: String? { nil }

    package func passesProxyBy(_ origin: Origin, exempting list: String) -> Bool { false }
}
