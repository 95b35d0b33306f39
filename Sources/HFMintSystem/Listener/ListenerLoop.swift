import Glibc
internal import HFMintCore

/// One thread that accepts, reads and writes for all connections, and never waits for one of them.
///
/// nginx makes a connection for each question, so a thread for each would cost more than its answer, and a thousand
/// open ones would not fit into the memory that hfmint may take.
struct ListenerLoop: ~Copyable {
    private enum Token {
        static let wakeUps: UInt64 = 0
        static let firstConnection: UInt64 = 1_000
    }

    private let epoll: Epoll
    private let wakeUps: WakeUps
    private let sockets: [ListeningSocket]
    private let service: any ConnectionService
    private let limits: ListenerLimits
    private let clock = SystemClock()

    private var connections: [UInt64: ListenerConnection] = [:]
    private var nextToken = Token.firstConnection
    /// Shared by all connections, so that an idle one takes no room.
    private var buffer = SecretBuffer(capacity: 72 << 10)
    private var accepts = false
    /// The time of the last event.
    private var now: Uptime
    private var nextSweep: Uptime
    private var end: Uptime?

    private init(
        _ epoll: consuming Epoll, _ wakeUps: WakeUps, _ sockets: [ListeningSocket], _ service: any ConnectionService,
        _ limits: ListenerLimits
    ) {
        self.epoll = epoll
        self.wakeUps = wakeUps
        self.sockets = sockets
        self.service = service
        self.limits = limits
        now = clock.uptime()
        nextSweep = now
    }

    /// Serves until `wakeUps` says that it is time to drain, and all answers are sent.
    static func run(
        _ sockets: [ListeningSocket], _ service: any ConnectionService, _ limits: ListenerLimits, _ wakeUps: WakeUps
    ) throws(Errno) {
        var loop = ListenerLoop(try Epoll.make(), wakeUps, sockets, service, limits)
        try loop.epoll.watch(wakeUps.number, for: .input, as: Token.wakeUps, isNew: true)
        try loop.setAccepting(true)
        while try loop.turn() {}
    }

    /// Returns whether there is more to do.
    private mutating func turn() throws(Errno) -> Bool {
        let isIdle = connections.isEmpty && accepts && end == nil
        for token in try epoll.wait(milliseconds: isIdle ? -1 : 100) {
            now = clock.uptime()
            if token == Token.wakeUps {
                try wake()
            } else if token >= Token.firstConnection {
                if let connection = connections[token] { keep(connection, goOn(connection)) }
            } else {
                try acceptSome(sockets[Int(token) - 1])
            }
        }
        now = clock.uptime()
        if now >= nextSweep {
            nextSweep = now + .milliseconds(100)
            sweep()
            if !accepts && end == nil { try setAccepting(true) }
        }
        guard let end else { return true }
        return !connections.isEmpty && now < end
    }

    // MARK: Connections

    private mutating func acceptSome(_ socket: ListeningSocket, atMost most: Int = 64) throws(Errno) {
        for _ in 0..<most {
            let descriptor: Descriptor
            do throws(Errno) {
                descriptor = try socket.accept()
            } catch {
                switch error.code {
                case EAGAIN, EINTR: return
                case ECONNABORTED, EPROTO, EPERM: continue
                // No more descriptors or memory: try again after the next sweep.
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return try setAccepting(false)
                default: throw error
                }
            }
            open(descriptor)
        }
    }

    private mutating func open(_ descriptor: consuming Descriptor) {
        let isOverloaded = connections.count >= limits.connections
        let token = nextToken
        nextToken += 1
        let conversation = service.open(isOverloaded: isOverloaded) { [wakeUps] in wakeUps.add(token) }
        let connection = ListenerConnection(descriptor, token, conversation, limits, now: now)
        if end != nil { _ = connection.finish(now: now) }
        if isOverloaded { service.cutOff(connection.peer, "there are too many connections") }
        // A web server writes as soon as it has connected. So there is mostly something to read, and once it is
        // answered there is nothing to wait for.
        let lives = goOn(connection)
        if lives && !isOverloaded && isWatched(connection) { connections[token] = connection }
    }

    /// Lets a connection read and answer, and returns whether it lives on.
    private mutating func goOn(_ connection: ListenerConnection) -> Bool {
        let lives = connection.goOn(&buffer, now: now)
        for complaint in connection.takeComplaints() { service.cutOff(connection.peer, complaint) }
        return lives
    }

    /// Waits for more on a connection, or closes it if it does not live on.
    private mutating func keep(_ connection: ListenerConnection, _ lives: Bool) {
        if !(lives && isWatched(connection)) { connections[connection.token] = nil }
    }

    private func isWatched(_ connection: ListenerConnection) -> Bool { (try? connection.watch(by: epoll)) != nil }

    private mutating func sweep() {
        for connection in Array(connections.values) where connection.deadline <= now {
            if let reason = connection.lateness { service.cutOff(connection.peer, reason) }
            connections[connection.token] = nil
        }
    }

    // MARK: Other threads

    private mutating func wake() throws(Errno) {
        let (tokens, isDraining) = wakeUps.take()
        for token in tokens {
            guard let connection = connections[token] else { continue }
            keep(connection, connection.resume(now: now))
        }
        if isDraining && end == nil { try drain() }
    }

    private mutating func drain() throws(Errno) {
        // Nobody connects any more, and whoever has connected is served. A socket of the service manager's stays as it
        // is for the next process.
        for socket in sockets where socket.isOwn { socket.removePath() }
        for socket in sockets where socket.isOwn { try acceptSome(socket, atMost: limits.connections) }
        try setAccepting(false)
        end = now + limits.drain
        for connection in Array(connections.values) {
            // Its request may have come in this moment.
            guard goOn(connection), connection.finish(now: now) else {
                connections[connection.token] = nil
                continue
            }
            keep(connection, true)
        }
    }

    private mutating func setAccepting(_ wanted: Bool) throws(Errno) {
        guard wanted != accepts else { return }
        accepts = wanted
        for (index, socket) in sockets.enumerated() {
            if wanted {
                try epoll.watch(socket.number, for: .input, as: UInt64(index) + 1, isNew: true)
            } else {
                epoll.forget(socket.number)
            }
        }
    }
}
