package import HFMintCore
import Synchronization

/// A transport that answers from a script, in order, and refuses everything else.
package final class ScriptedTransport: HTTPTransport {
    /// One request that must come, and what it gets.
    package struct Exchange: Sendable {
        package let line: String
        fileprivate let outcome: Outcome

        /// - Parameter line: method and URL, such as `POST https://huggingface.co/oauth/token`.
        package static func answer(
            _ line: String, _ status: Int = 200, _ body: String = "", headers: [String: String] = [:]
        ) -> Exchange {
            Exchange(line: line, outcome: .answer(status, headers.map { HTTPHeader($0.key, $0.value) }, body))
        }

        package static func failure(_ line: String, _ kind: TransportError.Kind) -> Exchange {
            Exchange(line: line, outcome: .failure(TransportError(kind, "scripted: \(kind)")))
        }
    }

    fileprivate enum Outcome: Sendable {
        case answer(Int, [HTTPHeader], String)
        case failure(TransportError)
    }

    /// What was sent.
    package struct Sent: Sendable {
        package let request: HTTPRequest
        /// The credential's header line.
        package let credential: String?
        package let contentType: String?
        package let body: String?
    }

    private struct State {
        var script: ArraySlice<Exchange>
        var sent: [Sent] = []
        var closings = 0
        var onSend: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    /// - Parameter onSend: done at each request, for instance to let time pass.
    package init(_ script: [Exchange] = [], onSend: (@Sendable () -> Void)? = nil) {
        state = Mutex(State(script: script[...], onSend: onSend))
    }

    package var sent: [Sent] { state.withLock { $0.sent } }

    /// The lines of the script that nobody asked for.
    package var left: [String] { state.withLock { $0.script.map(\.line) } }

    package func send(
        _ request: HTTPRequest, credential: borrowing HTTPCredential, body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse {
        let sent = record(request, credential, body)
        let next = state.withLock { state in
            state.sent.append(sent)
            state.onSend?()
            return state.script.popFirst()
        }
        let line = "\(request.method.rawValue) \(request.url)"
        guard let next, next.line == line else {
            unscripted("the request \(line), while the script says \(next?.line ?? "that there is none")")
            throw TransportError(.policy, "unscripted request")
        }
        switch next.outcome {
        case .answer(let status, let headers, let body):
            return HTTPResponse(status: status, headers: headers, body: Secret(body))
        case .failure(let error): throw error
        }
    }

    /// By the whole name alone: what a list means is libcurl's to say.
    package func passesProxyBy(_ origin: Origin, exempting list: String) -> Bool { list == origin.host }

    package func closeIdleConnections() { state.withLock { $0.closings += 1 } }

    /// How often the connections were closed.
    package var closings: Int { state.withLock { $0.closings } }

    private func record(
        _ request: HTTPRequest, _ credential: borrowing HTTPCredential, _ body: borrowing HTTPBody
    ) -> Sent {
        let proof: String?
        switch credential {
        case .none: proof = nil
        case .awsSignature(let signature):
            proof = "aws:\(signature.region):\(signature.service):\(signature.keyID):\(signature.key.revealedText())"
        case .header(let header):
            let value = header.prefix + header.secret.revealedText()
            proof = header.names.map { "\($0): \(value)" }.joined(separator: "\n")
        }
        switch body {
        case .none: return Sent(request: request, credential: proof, contentType: nil, body: nil)
        case .content(let content):
            return Sent(
                request: request, credential: proof, contentType: content.type, body: content.bytes.revealedText())
        }
    }
}
