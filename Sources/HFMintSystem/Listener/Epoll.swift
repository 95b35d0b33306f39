internal import CLinux
import Glibc

/// The kernel's list of descriptors that a thread waits for: epoll(7).
struct Epoll: ~Copyable {
    private let descriptor: Descriptor

    private init(adopting number: CInt) { descriptor = Descriptor(adopting: number) }

    static func make() throws(Errno) -> Epoll {
        let number = hfmint_linux_epoll()
        guard number >= 0 else { throw .last }
        return Epoll(adopting: number)
    }

    enum Interest: Equatable {
        /// Bytes or a connection, or the end.
        case input
        /// Room for bytes.
        case output

        fileprivate var events: UInt32 {
            switch self {
            case .input: 0x001  // EPOLLIN
            case .output: 0x004  // EPOLLOUT
            }
        }
    }

    /// Waits for `interest` from now on, and no more for what was waited for before.
    ///
    /// The kernel ends the watch when the descriptor is closed.
    func watch(_ number: CInt, for interest: Interest, as token: UInt64, isNew: Bool) throws(Errno) {
        let operation: CInt = isNew ? 1 : 3
        guard hfmint_linux_epoll_control(descriptor.number, operation, number, interest.events, token) == 0 else {
            throw .last
        }
    }

    func forget(_ number: CInt) { _ = hfmint_linux_epoll_control(descriptor.number, 2, number, 0, 0) }

    /// Returns the tokens of the descriptors that are ready, for which it waits if there are none.
    ///
    /// A signal ends the wait early, with none.
    func wait(milliseconds: CInt) throws(Errno) -> [UInt64] {
        var failure: Errno?
        let tokens = unsafe [UInt64](unsafeUninitializedCapacity: 256) { room, count in
            let found = unsafe hfmint_linux_epoll_wait(
                descriptor.number, room.baseAddress, CInt(room.count), milliseconds)
            if found < 0 && errno != EINTR { failure = .last }
            count = Int(max(0, found))
        }
        if let failure { throw failure }
        return tokens
    }
}

/// The connections that another thread has news for, and a descriptor that becomes readable when there are any.
final class WakeUps: Sendable {
    private struct State {
        var tokens: [UInt64] = []
        var isDraining = false
    }

    private let state = Monitor(State())
    private let counter: Descriptor

    private init(adopting number: CInt) { counter = Descriptor(adopting: number) }

    static func make() throws(Errno) -> WakeUps {
        let number = hfmint_linux_event_counter()
        guard number >= 0 else { throw .last }
        return WakeUps(adopting: number)
    }

    var number: CInt { counter.number }

    func add(_ token: UInt64) {
        let isFirst = state.withLock { state in
            state.tokens.append(token)
            return state.tokens.count == 1
        }
        if isFirst { ring() }
    }

    func drain() {
        state.withLock { $0.isDraining = true }
        ring()
    }

    /// Returns the tokens since the last call, and whether ``drain()`` was called.
    func take() -> (tokens: [UInt64], isDraining: Bool) {
        var count: UInt64 = 0
        _ = unsafe read(counter.number, &count, 8)
        return state.withLock { state in
            defer { state.tokens = [] }
            return (state.tokens, state.isDraining)
        }
    }

    private func ring() {
        var one: UInt64 = 1
        _ = unsafe write(counter.number, &one, 8)
    }
}
