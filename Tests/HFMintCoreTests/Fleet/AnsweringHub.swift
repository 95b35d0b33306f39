@testable import HFMintCore
import HFMintTesting
import Synchronization

/// A Hub that answers by the line of a request, whatever their order.
final class AnsweringHub: HTTPTransport {
    struct Answer: Sendable {
        var status = 200
        var body = ""
        var headers: [HTTPHeader] = []

        static func json(_ body: String) -> Answer { Answer(body: body) }
        static func status(_ status: Int, _ body: String = #"{"error":"no"}"#) -> Answer {
            Answer(status: status, body: body)
        }
    }

    private struct State {
        /// The answers to come, of which the last one stays.
        var answers: [String: [Answer]]
        var asked: [String] = []
    }

    private let state: Mutex<State>

    /// - Parameter answers: by method and target, such as `GET /api/spaces/acme/chat`; a 404 to all else.
    init(_ answers: [String: [Answer]]) { state = Mutex(State(answers: answers)) }

    /// Method and target of each request, in order.
    var asked: [String] { state.withLock { $0.asked } }

    func send(
        _ request: HTTPRequest, credential: borrowing HTTPCredential, body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse {
        let line = "\(request.method.rawValue) \(request.url.target)"
        let answer = state.withLock { state in
            state.asked.append(line)
            var left = state.answers[line] ?? [.status(404)]
            let first = left.count > 1 ? left.removeFirst() : left[0]
            state.answers[line] = left
            return first
        }
        guard answer.status > 0 else { throw TransportError(.connect, "scripted") }
        return HTTPResponse(status: answer.status, headers: answer.headers, body: Secret(answer.body))
    }

    func closeIdleConnections() {}
}

/// A Hub that counts requests in windows of five minutes, and refuses more than it allows.
final class CountingHub: HTTPTransport {
    private struct State {
        var window = 0
        var inWindow = 0
        var asked = 0
        var refused = 0
    }

    private let list: String
    private let clock: FrozenClock
    private let quota: Int
    private let state = Mutex(State())

    init(list: String, clock: FrozenClock, quota: Int) {
        self.list = list
        self.clock = clock
        self.quota = quota
    }

    var asked: Int { state.withLock { $0.asked } }
    var refused: Int { state.withLock { $0.refused } }

    func send(
        _ request: HTTPRequest, credential: borrowing HTTPCredential, body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse {
        let now = Int(clock.uptime().sinceStart.components.seconds)
        let remaining = state.withLock { state in
            if state.window != now / 300 { (state.window, state.inWindow) = (now / 300, 0) }
            state.asked += 1
            state.inWindow += 1
            if state.inWindow > quota { state.refused += 1 }
            return quota - state.inWindow
        }
        let headers = [
            HTTPHeader("ratelimit", "\"api\";r=\(max(0, remaining));t=\(300 - now % 300)"),
            HTTPHeader("ratelimit-policy", "\"fixed window\";\"api\";q=\(quota);w=300"),
        ]
        let isList = request.url.target.hasPrefix("/api/spaces?")
        return HTTPResponse(
            status: remaining < 0 ? 429 : 200, headers: headers, body: Secret(isList ? list : "{}"))
    }

    func closeIdleConnections() {}
}
