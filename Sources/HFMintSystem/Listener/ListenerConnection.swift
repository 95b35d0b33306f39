import Glibc
internal import HFMintCore

/// An accepted connection: what it says and hears, and until when it may take for that.
final class ListenerConnection {
    let token: UInt64
    private let descriptor: Descriptor
    private let conversation: any Conversation
    private let limits: ListenerLimits

    private var output: [SharedSecret] = []
    /// How many bytes of the first output are sent.
    private var sentCount = 0
    private var next = ConversationTurn.Next.stay
    private var stage = ConversationStage.idle
    private var watched: Epoll.Interest?
    private var complaints: [String] = []
    private var isOver = false
    private(set) var hasSpoken = false
    private(set) var deadline: Uptime

    init(
        _ descriptor: consuming Descriptor, _ token: UInt64, _ conversation: any Conversation, _ limits: ListenerLimits,
        now: Uptime
    ) {
        self.descriptor = descriptor
        self.token = token
        self.conversation = conversation
        self.limits = limits
        deadline = now + limits.idle
    }

    deinit { conversation.end() }

    /// Who connected, by the kernel's word; it costs a call, and few ask.
    var peer: PeerCredential? { PeerCredential(of: descriptor) }

    /// Returns once what is wrong with what arrived, in a clause.
    func takeComplaints() -> [String] {
        defer { complaints = [] }
        return complaints
    }

    /// Reads and answers, as far as that goes without waiting, and returns whether the connection lives on.
    func goOn(_ buffer: inout SecretBuffer, now: Uptime) -> Bool {
        if !output.isEmpty { send(now) }
        // Who does not read answers is not heard.
        var readsLeft = 16
        while !isOver && output.isEmpty && readsLeft > 0 {
            readsLeft -= 1
            let count = unsafe buffer.fill { room in unsafe read(descriptor.number, room.baseAddress, room.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { break }
            guard count > 0 else { return false }
            hasSpoken = true
            let turn = buffer.take { bytes in next == .stay ? conversation.receive(bytes) : ConversationTurn() }
            if next == .stay { take(turn, now) }
        }
        return !isOver
    }

    /// Sends what another thread has answered, and returns whether the connection lives on.
    func resume(now: Uptime) -> Bool {
        if next == .stay { take(conversation.resume(), now) }
        return !isOver
    }

    /// Lets the open request be the last, and returns whether one is open, or the first may be on its way.
    func finish(now: Uptime) -> Bool {
        conversation.finish()
        guard next == .stay, output.isEmpty, conversation.stage == .idle else { return true }
        if !hasSpoken { deadline = min(deadline, now + limits.arrival) }
        return !hasSpoken
    }

    /// Watches for what the connection waits for.
    func watch(by epoll: borrowing Epoll) throws(Errno) {
        let interest: Epoll.Interest = output.isEmpty ? .input : .output
        guard interest != watched else { return }
        try epoll.watch(descriptor.number, for: interest, as: token, isNew: watched == nil)
        watched = interest
    }

    /// Why the connection is cut off at its deadline, or nil if that is no fault of the peer's.
    var lateness: String? {
        if !output.isEmpty { return "an answer was not read in time" }
        guard next == .stay else { return nil }
        return switch conversation.stage {
        case .idle: nil
        case .arriving: "a request did not arrive in time"
        case .answering: "a request got no answer in time"
        }
    }

    private func take(_ turn: ConversationTurn, _ now: Uptime) {
        // Mostly there is nothing yet to add it to.
        output = output.isEmpty ? turn.output : output + turn.output
        complaints += turn.complaints
        next = turn.next
        let newStage = conversation.stage
        if newStage != stage || newStage == .idle && !turn.output.isEmpty {
            stage = newStage
            deadline =
                switch newStage {
                case .idle: now + limits.idle
                case .arriving: now + limits.arrival
                case .answering: now + limits.answer
                }
        }
        if !output.isEmpty { send(now) } else { depart(now) }
    }

    private func send(_ now: Uptime) {
        while let first = output.first {
            let count = first.secret.reveal { span in
                unsafe span.extracting(sentCount...).withUnsafeBytes { bytes in
                    unsafe Glibc.send(descriptor.number, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
                }
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN {
                if watched != .output { deadline = now + limits.departure }
                return
            }
            // The web server may have what it wants, and be gone.
            guard count >= 0 else { return isOver = true }
            sentCount += count
            guard sentCount == first.secret.byteCount else { continue }
            output.removeFirst()
            sentCount = 0
        }
        depart(now)
    }

    /// Does what comes after the last output.
    private func depart(_ now: Uptime) {
        switch next {
        case .stay: break
        case .close: isOver = true
        case .closeAfterPeer:
            // A close with unread bytes would reach the peer as a reset, perhaps before it has read the answer.
            shutdown(descriptor.number, CInt(SHUT_WR))
            deadline = now + limits.departure
        }
    }
}

extension PeerCredential {
    /// Asks the kernel, by SO_PEERCRED of unix(7), which Swift does not import.
    fileprivate init?(of descriptor: borrowing Descriptor) {
        var words = (UInt32(0), UInt32(0), UInt32(0))
        var size = socklen_t(12)
        guard unsafe getsockopt(descriptor.number, SOL_SOCKET, SO_PEERCRED, &words, &size) == 0, size == 12 else {
            return nil
        }
        self.init(processID: Int32(bitPattern: words.0), userID: words.1, groupID: words.2)
    }
}
