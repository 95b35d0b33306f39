/// A seam that accepts connections from this machine and lets a ``Conversation`` speak on each.
///
/// It moves bytes and keeps limits. It knows nothing of what the bytes mean.
package protocol Listener: Sendable {
    /// Whether whoever started this process passed it a listening socket, as systemd and spawn-fcgi do.
    var hasInheritedSocket: Bool { get }

    /// Serves until SIGTERM or SIGINT arrives or ``drain()`` is called, and returns when the last answer is sent.
    ///
    /// SIGHUP calls `service.reload()`, in a thread of its own.
    func serve(_ service: any ConnectionService, at place: ListeningPlace) throws(FileFailure)

    /// Stops accepting connections, closes the idle ones, and lets the others finish.
    func drain()
}

/// Where a ``Listener`` listens.
package enum ListeningPlace: Equatable, Sendable {
    /// At the sockets that this process was started with.
    case inherited
    /// At a new Unix socket that this user and `group` may write to (0660); nil for this process's own group.
    case path(String, group: String?)
}

/// The bounds of a ``Listener``, of which none is a promise to a client: whoever exceeds one is cut off.
package struct ListenerLimits: Equatable, Sendable {
    /// How many connections are open at once; one more is told that this is too many.
    package var connections = 4_096
    /// How long a connection stays open between two requests.
    package var idle = Duration.seconds(60)
    /// How long a request may take to arrive, however many pieces it comes in.
    package var arrival = Duration.seconds(2)
    /// How long a request may wait for its answer.
    package var answer = Duration.seconds(30)
    /// How long the peer may take to read an answer, and then to close its side.
    package var departure = Duration.seconds(5)
    /// How long ``Listener/drain()`` waits for open requests.
    package var drain = Duration.seconds(15)

    package init() {}
}

/// What a ``Listener`` serves.
package protocol ConnectionService: Sendable {
    /// Called once, before the first connection: threads that it starts leave signals to the listener.
    func begin()

    /// Returns the speaker for a new connection.
    ///
    /// - Parameters:
    ///   - isOverloaded: whether there are too many connections, so that the speaker has one turn to say so.
    ///   - wake: to be called from any thread when ``Conversation/resume()`` has something to say.
    func open(isOverloaded: Bool, wake: @escaping @Sendable () -> Void) -> any Conversation

    /// Called after SIGHUP, in a thread that serves nobody; never twice at once.
    func reload()

    /// Called when a connection was cut off, with the reason in a clause: "a request did not arrive in time".
    ///
    /// - Parameter peer: who connected, by the kernel's word, or nil if the kernel does not say.
    func cutOff(_ peer: PeerCredential?, _ reason: String)
}

/// Speaks a protocol on one connection, which one thread serves.
package protocol Conversation: AnyObject {
    var stage: ConversationStage { get }

    /// Takes bytes that arrived, in pieces of any size.
    func receive(_ bytes: Span<UInt8>) -> ConversationTurn

    /// Called after `wake`, perhaps more often than that.
    func resume() -> ConversationTurn

    /// Called when no further request is wanted: the open one is the last.
    func finish()

    /// Called once, when the connection is gone.
    func end()
}

/// What a ``Conversation`` waits for.
package enum ConversationStage: Sendable {
    /// A next request.
    case idle
    /// The rest of a request.
    case arriving
    /// An answer from another thread.
    case answering
}

/// What a ``Conversation`` wants to be done, in this order.
package struct ConversationTurn: Sendable {
    package enum Next: Sendable {
        case stay
        case close
        /// Close, as soon as the peer has: it still sends, and a close before that would look to it like a failure.
        case closeAfterPeer
    }

    package var output: [SharedSecret]
    package var next: Next
    /// What is wrong with what arrived, in a clause, for ``ConnectionService/cutOff(_:_:)``.
    package var complaints: [String] = []

    package init(output: [SharedSecret] = [], next: Next = .stay) {
        self.output = output
        self.next = next
    }
}

/// Who is at the other end of a Unix socket: SO_PEERCRED of unix(7).
package struct PeerCredential: Equatable, Sendable {
    package let processID: Int32
    package let userID: UInt32
    package let groupID: UInt32

    package init(processID: Int32, userID: UInt32, groupID: UInt32) {
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
    }
}
