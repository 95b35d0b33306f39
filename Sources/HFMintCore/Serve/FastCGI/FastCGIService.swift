/// Answers web servers over FastCGI, on whatever connections a ``Listener`` has.
package struct FastCGIService: ConnectionService {
    /// Bounds of a request.
    package struct Limits: Sendable {
        /// Of all names and values together, in bytes.
        package var parameters = 64 << 10
        package var parameterCount = 256
        /// What the web server is told if it asks how many connections it may open.
        package var connections = ListenerLimits().connections

        package init() {}
    }

    let limits: Limits
    private let respond: @Sendable (ServeRequest, ServeReply) -> Void
    private let note: @Sendable (PeerCredential?, String) -> Void
    private let start: @Sendable () -> Void
    private let refresh: @Sendable () -> Void

    /// - Parameters:
    ///   - respond: answers a request, at once or later; it must not wait, because all connections wait with it.
    ///   - note: takes note of a connection that was cut off, and why.
    ///   - begin: called once, before the first connection.
    ///   - refresh: called when the service is to be reloaded.
    package init(
        limits: Limits = Limits(),
        respond: @escaping @Sendable (ServeRequest, ServeReply) -> Void,
        note: @escaping @Sendable (PeerCredential?, String) -> Void = { _, _ in },
        begin: @escaping @Sendable () -> Void = {}, refresh: @escaping @Sendable () -> Void = {}
    ) {
        self.limits = limits
        self.respond = respond
        self.note = note
        start = begin
        self.refresh = refresh
    }

    package func open(isOverloaded: Bool, wake: @escaping @Sendable () -> Void) -> any Conversation {
        FastCGIConversation(limits, isOverloaded: isOverloaded, respond: respond, wake: wake)
    }

    package func begin() { start() }

    package func reload() { refresh() }

    package func cutOff(_ peer: PeerCredential?, _ reason: String) { note(peer, reason) }
}
