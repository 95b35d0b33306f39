/// The Job API of a Buildkite agent, which hides values from the job's log and sets variables of later phases.
///
/// It is HTTP over a unix socket, with a token of its own; nothing leaves the machine.
/// <https://github.com/buildkite/agent/blob/main/jobapi/client.go>
struct BuildkiteJobAPI {
    private let socket: String

    /// Returns `nil` if the agent offers no Job API, or did not pass it into this container.
    init?(_ environment: Environment) {
        guard let socket = environment[.jobAPISocket], environment.isSet(.jobAPIToken) else { return nil }
        self.socket = socket
    }

    /// Whether the socket is there; the file system does not tell whether something listens.
    func isThere(_ files: any ReadableFiles) -> Bool { files.kind(of: socket) == .socket }

    func redact(_ token: HubToken, in context: Context) throws(MintError) {
        try send(.post, "redactions", ["redact": .token(token.bearer)], expecting: 201, in: context)
    }

    /// Sets variables of the job's later hooks and phases; the running step keeps its own.
    func set(_ variables: Variables, in context: Context) throws(MintError) {
        try send(.patch, "env", ["env": variables.json], expecting: 200, in: context)
    }

    /// Checks that the agent would set variables, by setting none: it answers an empty list as any other.
    ///
    /// <https://github.com/buildkite/agent/blob/main/jobapi/env.go>
    func rehearse(in context: Context) throws(MintError) {
        try send(.patch, "env", ["env": JSONValue.object([])], expecting: 200, in: context)
    }

    private func send(
        _ method: HTTPRequest.Method, _ name: String, _ body: JSONValue, expecting status: Int, in context: Context
    ) throws(MintError) {
        guard let url = HTTPURL("http://job/api/current-job/v0/\(name)"),
            let token = context.environment.secret(.jobAPIToken)
        else { return }
        let response: HTTPResponse
        do throws(TransportError) {
            response = try context.send(
                HTTPRequest(method, url, route: .unixSocket(socket)),
                credential: .header(name: "Authorization", prefix: "Bearer ", token),
                body: HTTPBody(HTTPBody.Content(type: "application/json", bytes: body.rendered())),
                limits: .local)
        } catch {
            throw refused(name, error.reason)
        }
        guard response.status == status else { throw refused(name, "it answered \(response.status)") }
    }

    private func refused(_ name: String, _ reason: String) -> MintError {
        MintError(
            .deliveryRefused, "buildkite: the agent's Job API did not take the \(name) request: \(reason)",
            hint: "in a container, mount the agent's socket (\(Environment.Key.jobAPISocket.name)); or leave out"
                + " --export and use --deliver shell")
    }
}

extension Environment.Key {
    static let jobAPISocket: Self = "BUILDKITE_AGENT_JOB_API_SOCKET"
    fileprivate static let jobAPIToken: Self = "BUILDKITE_AGENT_JOB_API_TOKEN"
}

extension HTTPLimits {
    fileprivate static let local = HTTPLimits(
        connectMilliseconds: 2_000, totalMilliseconds: 10_000, bodyByteCount: 64 << 10)
}
