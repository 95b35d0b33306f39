@testable import HFMintCore
import HFMintTesting
import Synchronization

/// A Hub with Spaces that restart after each write, and whose answers a test can lose.
final class AppliedHub: HTTPTransport {
    struct Member: Equatable {
        var value: String
        var description: String?
        var updatedAt = "2026-11-01T00:00:00.000Z"
    }

    struct Space {
        var stage = "RUNNING"
        /// The stages of the next looks.
        var next: [String] = []
        /// The stage after a restart.
        var end = "RUNNING"
        var hardware = "cpu-basic"
        var isInDevMode = false
        var secrets: [String: Member] = [:]
        var variables: [String: Member] = [:]
    }

    /// What becomes of the answer to a write of a secret.
    enum Loss { case none, beforeItActs, afterItActed, tooManyRequests, refused }

    struct State {
        var spaces: [String: Space] = [:]
        /// What was written, in order: `chat secrets.KEY`.
        var writes: [String] = []
        var reads = 0
        var losses: [Loss] = []
        /// How many deletions of a variable have no effect, as if a proxy had taken their body away.
        var strippedDeletes = 0
        /// What becomes of the answers to the next writes of a variable.
        var variableLosses: [Loss] = []
        /// What reads show of the variables, while they lag.
        var staleVariables: [String: Member]?
        /// The writes that are refused: `chat hardware`.
        var refused: Set<String> = []
        /// How many seconds a 429 asks to wait.
        var retryAfter = 7
        /// The status of each page.
        var pages: [String: Int] = [:]
        /// How often the new description does not show yet.
        var lag = 0
        fileprivate var clock = 0
    }

    private let state: Mutex<State>
    private let onWrite: @Sendable (String) -> Void

    init(_ spaces: [String: Space], onWrite: @escaping @Sendable (String) -> Void = { _ in }) {
        state = Mutex(State(spaces: spaces))
        self.onWrite = onWrite
    }

    var writes: [String] { state.withLock { $0.writes } }

    subscript(space: String) -> Space? { state.withLock { $0.spaces[space] } }

    func edit(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    func closeIdleConnections() {}

    func send(
        _ request: HTTPRequest, credential: borrowing HTTPCredential, body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse {
        let path = String(request.url.target.prefix { $0 != "?" })
        guard request.url.origin == .huggingFace else {
            let status = state.withLock { $0.pages[request.url.description] ?? 200 }
            return HTTPResponse(status: status, body: Secret("page"))
        }
        var text = ""
        switch body {
        case .content(let content): text = content.bytes.revealedText()
        default: break
        }
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count >= 4, parts[1] == "spaces", let name = parts.dropFirst(3).first else {
            unscripted("a request for \(path)")
            return HTTPResponse(status: 404, body: Secret("{}"))
        }
        let part = parts.count > 4 ? parts[4] : ""
        if request.method == .get { return read(name, part) }
        return try write(request.method, name, part, text)
    }

    private func read(_ name: String, _ part: String) -> HTTPResponse {
        state.withLock { state in
            state.reads += 1
            guard var space = state.spaces[name] else {
                return HTTPResponse(status: 404, body: Secret(#"{"error":"Repository not found"}"#))
            }
            defer { state.spaces[name] = space }
            if part == "runtime", !space.next.isEmpty { space.stage = space.next.removeFirst() }
            let runtime =
                #"{"stage":"\#(space.stage)","sha":"c1","hardware":{"requested":"\#(space.hardware)"},"#
                + #""gcTimeout":null,"volumes":[],"devMode":\#(space.isInDevMode)}"#
            switch part {
            case "":
                let page =
                    #"{"id":"acme/\#(name)","sdk":"docker","sha":"c1","private":true,"#
                    + #""runtime":\#(runtime)}"#
                return HTTPResponse(status: 200, body: Secret(page))
            case "runtime": return HTTPResponse(status: 200, body: Secret(runtime))
            case "secrets":
                if state.lag > 0 {
                    state.lag -= 1
                    return HTTPResponse(status: 200, body: Secret("{}"))
                }
                return HTTPResponse(status: 200, body: Secret(Self.json(space.secrets, showing: false)))
            default:
                let variables = state.staleVariables ?? space.variables
                return HTTPResponse(status: 200, body: Secret(Self.json(variables, showing: true)))
            }
        }
    }

    private func write(
        _ method: HTTPRequest.Method, _ name: String, _ part: String, _ text: String
    ) throws(TransportError) -> HTTPResponse {
        let json = try? JSONText(Array(text.utf8))
        let key = json?.text("key") ?? ""
        let (loss, line) = state.withLock { state -> (Loss, String) in
            let line = "\(name) \(part)\(key.isEmpty ? "" : ".\(key)")"
            var loss = part == "secrets" && !state.losses.isEmpty ? state.losses.removeFirst() : Loss.none
            if part == "variables", !state.variableLosses.isEmpty { loss = state.variableLosses.removeFirst() }
            if state.refused.contains(line) { loss = .refused }
            guard loss == .none || loss == .afterItActed, var space = state.spaces[name] else { return (loss, line) }
            state.writes.append(method == .delete ? "\(line) deleted" : line)
            if method == .delete, part == "variables", state.strippedDeletes > 0 {
                state.strippedDeletes -= 1
                return (loss, line)
            }
            state.clock += 1
            let member = Member(
                value: json?.text("value") ?? "", description: json?.text("description"),
                updatedAt: "2026-11-21T03:\(10 + state.clock):00.000Z")
            switch part {
            case "secrets": space.secrets[key] = method == .delete ? nil : member
            case "variables": space.variables[key] = method == .delete ? nil : member
            case "hardware": space.hardware = json?.text("flavor") ?? ""
            default: break
            }
            space.next = ["APP_STARTING", space.end]
            state.spaces[name] = space
            return (loss, line)
        }
        switch loss {
        case .tooManyRequests:
            let wait = state.withLock { "\($0.retryAfter)" }
            return HTTPResponse(status: 429, headers: [HTTPHeader("retry-after", wait)], body: Secret("<html>"))
        case .refused: return HTTPResponse(status: 403, body: Secret("{}"))
        case .beforeItActs: throw TransportError(.interrupted, "lost")
        case .afterItActed:
            onWrite(line)
            throw TransportError(.interrupted, "lost")
        case .none:
            onWrite(line)
            let shown = part == "variables" ? Self.json(self[name]?.variables ?? [:], showing: true) : "{}"
            return HTTPResponse(status: 200, body: Secret(shown))
        }
    }

    private static func json(_ members: [String: Member], showing: Bool) -> String {
        let lines = members.sorted { $0.key < $1.key }.map { name, member in
            #""\#(name)":{"key":"\#(name)","updatedAt":"\#(member.updatedAt)""#
                + (member.description.map { #","description":\#(JSONString.quoted($0))"# } ?? "")
                + (showing ? #","value":\#(JSONString.quoted(member.value))}"# : "}")
        }
        return "{\(lines.joined(separator: ","))}"
    }
}

/// One thread on which time passes while all wait.
struct PassingTime: Workers {
    let clock: FrozenClock

    func run(_ units: [@Sendable () -> Duration?]) {
        var due = units.map { (unit: $0, at: clock.uptime()) }
        while let next = due.indices.min(by: { due[$0].at < due[$1].at }) {
            let now = clock.uptime()
            if due[next].at > now { clock.advance(by: due[next].at - now) }
            guard let wait = due[next].unit() else {
                due.remove(at: next)
                continue
            }
            due[next].at = clock.uptime() + wait
            // The others have their turn at the same moment.
            due.append(due.remove(at: next))
        }
    }

    func start(_ work: @escaping @Sendable () -> Void) -> Bool { OneThread().start(work) }

    func makeLatch() -> any Latch { OneThread().makeLatch() }
}

/// A signal that a test sends.
final class TestInterrupts: Interrupts {
    private let isSent = Mutex(false)

    func send() { isSent.withLock { $0 = true } }

    func hold() {}

    var haveArrived: Bool { isSent.withLock { $0 } }
}
