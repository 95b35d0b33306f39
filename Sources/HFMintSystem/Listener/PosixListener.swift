internal import CLinux
import Glibc
package import HFMintCore

/// A ``Listener`` at Unix sockets, with one thread for all connections.
///
/// `serve` calls ``ListeningSocket`` for the sockets and ``ListenerLoop`` for the rest. A signal becomes a
/// ``WakeUps`` or a reload in a thread of its own.
package final class PosixListener: Listener {
    private let environment: Environment
    private let limits: ListenerLimits
    private let obeysSignals: Bool
    /// The loop that is to be drained, or whether there has been a drain before it began.
    private let drained = Monitor<(loop: WakeUps?, isWanted: Bool)>((nil, false))

    /// - Parameter obeysSignals: whether TERM, INT and HUP are this listener's, for the whole process and for good.
    package init(
        _ environment: Environment, limits: ListenerLimits = ListenerLimits(), obeysSignals: Bool = true
    ) {
        self.environment = environment
        self.limits = limits
        self.obeysSignals = obeysSignals
    }

    package var hasInheritedSocket: Bool { ListeningSocket.hasInherited(environment) }

    package func serve(_ service: any ConnectionService, at place: ListeningPlace) throws(FileFailure) {
        // Before there is a socket, so that a signal leaves none behind; and before another thread starts, in which it
        // would end the process.
        if obeysSignals { try naming("the signals") { () throws(Errno) in try obeySignals(service) } }
        let (name, sockets) = try sockets(at: place)
        defer { sockets.forEach { $0.removePath() } }
        try naming(name) { () throws(Errno) in
            let wakeUps = try WakeUps.make()
            let isDraining = drained.withLock { drained in
                drained.loop = wakeUps
                return drained.isWanted
            }
            if isDraining { wakeUps.drain() }
            service.begin()
            giveMemoryBack()
            try ListenerLoop.run(sockets, service, roomyLimits(), wakeUps)
        }
    }

    package func drain() {
        let loop = drained.withLock { drained in
            drained.isWanted = true
            return drained.loop
        }
        loop?.drain()
    }

    private func sockets(at place: ListeningPlace) throws(FileFailure) -> (String, [ListeningSocket]) {
        switch place {
        case .inherited:
            let sockets = try ListeningSocket.inherited(environment)
            guard !sockets.isEmpty else { throw FileFailure("LISTEN_FDS", "no socket was passed to this process") }
            return ("the inherited socket", sockets)
        case .path(let path, let group): return (path, [try ListeningSocket.make(path, group: group)])
        }
    }

    /// Raises the limit of open files as far as the limits want, and lowers these where it does not go that far.
    private func roomyLimits() -> ListenerLimits {
        // For files, and for requests to others.
        let others = 256
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(resource, &limit) == 0 else { return limits }
        let wanted = rlim_t(limits.connections + others)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = min(wanted, limit.rlim_max)
            _ = unsafe setrlimit(resource, &limit)
        }
        var possible = limits
        possible.connections = min(limits.connections, max(16, Int(min(limit.rlim_cur, wanted)) - others))
        return possible
    }

    private func obeySignals(_ service: any ConnectionService) throws(Errno) {
        let watched = SignalSet([SIGTERM, SIGINT, SIGHUP])
        guard watched.block() else { throw .last }
        let reloads = Reloads(service)
        let thread = try startThread { [self] in
            var set = watched.raw
            while true {
                var number: CInt = 0
                guard unsafe sigwait(&set, &number) == 0 else {
                    SystemClock().sleep(for: .milliseconds(20))
                    continue
                }
                if number == SIGHUP { reloads.request() } else { drain() }
            }
        }
        pthread_detach(thread)
    }
}

/// Gives back to the system what the reading of a manifest left: several times as much as what is kept of it.
private func giveMemoryBack() { _ = malloc_trim(0) }

/// Reloads a service in a thread of its own: once more, however often it is asked to while it is at it.
private final class Reloads: Sendable {
    private let service: any ConnectionService
    private let state = Monitor<(isRunning: Bool, isWanted: Bool)>((false, false))

    init(_ service: any ConnectionService) { self.service = service }

    func request() {
        let mustStart = state.withLock { state in
            defer { state = (true, true) }
            return !state.isRunning
        }
        guard mustStart else { return }
        do throws(Errno) {
            pthread_detach(try startThread { [self] in work() })
        } catch {
            work()
        }
    }

    private func work() {
        while takeWish() {
            service.reload()
            giveMemoryBack()
        }
    }

    private func takeWish() -> Bool {
        state.withLock { state in
            defer { state = (state.isWanted, false) }
            return state.isWanted
        }
    }
}
