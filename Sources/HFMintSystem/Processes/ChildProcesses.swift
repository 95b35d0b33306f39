private import CLinux
import Glibc
package import HFMintCore

/// The ``Processes`` of this machine, started by posix_spawn(3).
package struct ChildProcesses: Processes {
    private let clock = SystemClock()

    package init() {}

    package func run(_ command: ChildCommand) throws(ProcessFailure) -> ChildResult {
        let input = try command.input.map { secret throws(ProcessFailure) in ChildInput(secret, try Pipe()) }
        let output = try Pipe()
        let child = try start(command.arguments, input: input?.pipe, output: output)
        // Only the child keeps the writing end, so that the output ends when the child does.
        output.writing = nil
        let deadline = clock.uptime() + command.timeLimit
        do throws(ProcessFailure) {
            let text = try converse(input, output, byteLimit: command.byteLimit, until: deadline)
            return ChildResult(status: try wait(for: child, until: deadline), output: text)
        } catch {
            // The child leads its own process group, so the programs that it started are killed too.
            let isKilled = kill(-child, SIGKILL) == 0 || kill(child, SIGKILL) == 0
            while isKilled, isRunning(child) { clock.sleep(for: .milliseconds(1)) }
            throw error
        }
    }

    private func start(_ arguments: [String], input: Pipe?, output: Pipe) throws(ProcessFailure) -> pid_t {
        let stdin = try standardInput(input)
        let spawn = Spawn(
            input: stdin.descriptor.number, output: output.writing?.descriptor.number ?? -1, isApart: true,
            // While `run` supervises, this process blocks or ignores signals. The child must not inherit that.
            signalMask: SignalSet([]).raw, changedSignals: [SIGINT, SIGQUIT, SIGTSTP, SIGPIPE, SIGXFSZ])
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var child: pid_t = 0
        let code = withExtendedLifetime(stdin) {
            EndedChildren.shared.start(&child) { unsafe spawn.start(&$0, &words, GivenVariables.shared.list) }
        }
        guard code == 0 else { throw ProcessFailure(start: code) }
        return child
    }

    /// Returns what becomes the stdin of the child: the end of the pipe, or else `/dev/null`.
    private func standardInput(_ pipe: Pipe?) throws(ProcessFailure) -> SharedDescriptor {
        if let pipe { return pipe.reading }
        do throws(Errno) {
            return SharedDescriptor(try .open("/dev/null", O_RDONLY))
        } catch {
            throw ProcessFailure(start: error.code)
        }
    }

    /// Writes the input as the child reads it, and collects the output until it ends.
    ///
    /// Both happen at once, because a child may write before it has read everything, and either pipe may be full.
    private func converse(
        _ input: ChildInput?, _ output: Pipe, byteLimit: Int, until deadline: Uptime
    ) throws(ProcessFailure) -> Secret {
        var buffer = SecretBuffer(capacity: byteLimit + 1)
        let reading = output.reading.descriptor.number
        while true {
            let left = (deadline - clock.uptime()).milliseconds
            guard left > 0 else { throw .timedOut }
            // poll(2) ignores a negative descriptor.
            var pollers = [
                pollfd(fd: reading, events: Int16(POLLIN), revents: 0),
                pollfd(fd: input?.waiting ?? -1, events: Int16(POLLOUT), revents: 0),
            ]
            switch DescriptorReadiness.wait(for: &pollers, milliseconds: CInt(left)) {
            case .ready: break
            case .late: continue
            case .unknown(let failure): throw .outOfSight(failure.reason)
            }
            if pollers[1].revents != 0 { try input?.write() }
            guard pollers[0].revents != 0 else { continue }
            let count = unsafe buffer.fill { room in unsafe read(reading, room.baseAddress, room.count) }
            guard count >= 0 || errno == EINTR else { throw .outOfSight(Errno.last.reason) }
            guard buffer.byteCount <= byteLimit else { throw .tooMuchOutput }
            if count == 0 { return buffer.finish() }
        }
    }

    /// Asks every 10 ms whether the child has ended, because it may go on after it has closed its output.
    private func wait(for child: pid_t, until deadline: Uptime) throws(ProcessFailure) -> Int {
        while true {
            if let status = try status(of: child) {
                let signal = status & 0x7F
                return Int(signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
            }
            guard clock.uptime() < deadline else { throw .timedOut }
            clock.sleep(for: .milliseconds(10))
        }
    }

    private func status(of child: pid_t) throws(ProcessFailure) -> CInt? {
        do throws(Errno) {
            return try EndedChildren.shared.status(of: child)
        } catch {
            throw .outOfSight(error.reason)
        }
    }

    /// Returns whether the child runs, or `false` if this is unknown.
    private func isRunning(_ child: pid_t) -> Bool {
        do throws(ProcessFailure) {
            return try status(of: child) == nil
        } catch {
            return false
        }
    }
}

extension ProcessFailure {
    /// Says why no program started.
    ///
    /// - Parameter code: the errno of posix_spawn(3) or execve(2), or, negated, of the fork(2) that was tried instead.
    init(start code: CInt) {
        let failure = Errno(code: abs(code))
        self =
            switch code {
            case ENOENT: .notFound
            case _ where [EAGAIN, ENOMEM, EMFILE, ENFILE, ETXTBSY].contains(failure.code):
                .cannotStartNow(failure.reason)
            case ..<0: .cannotStart("this sandbox does not let hfmint start a program (fork: \(failure.reason))")
            default: .cannotStart(failure.reason)
            }
    }
}

/// The two ends of a pipe.
private final class Pipe {
    let reading: SharedDescriptor
    var writing: SharedDescriptor?

    init() throws(ProcessFailure) {
        var ends: [CInt] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC) == 0 || Self.pipe(&ends) else {
            throw .cannotStartNow(Errno.last.reason)
        }
        reading = SharedDescriptor(Descriptor(adopting: ends[0]))
        writing = SharedDescriptor(Descriptor(adopting: ends[1]))
    }

    /// Makes a pipe by the older call, if pipe2(2) is missing.
    private static func pipe(_ ends: inout [CInt]) -> Bool {
        guard Errno.last.isUnsupported, unsafe Glibc.pipe(&ends) == 0 else { return false }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return true
    }
}

/// The input of a child, and how much of it has been written.
///
/// This process keeps the reading end open too. When the child closes its own, the pipe fills up, and no SIGPIPE is
/// raised here.
private final class ChildInput {
    let pipe: Pipe
    private let secret: SharedSecret
    private var done = 0

    init(_ secret: SharedSecret, _ pipe: Pipe) {
        self.secret = secret
        self.pipe = pipe
        if let writing = pipe.writing { _ = fcntl(writing.descriptor.number, F_SETFL, O_NONBLOCK) }
        endIfDone()
    }

    /// The descriptor that waits for room, or nil when everything is written.
    var waiting: CInt? { pipe.writing?.descriptor.number }

    /// Writes as many bytes as the pipe has room for.
    func write() throws(ProcessFailure) {
        guard let number = waiting else { return }
        let count = secret.secret.reveal { span in
            unsafe span.extracting(done...).withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
        }
        guard count >= 0 || [EINTR, EAGAIN].contains(errno) else { throw .outOfSight(Errno.last.reason) }
        done += max(0, count)
        endIfDone()
    }

    /// Closes the writing end when everything is written, so that the child sees the end of its input.
    private func endIfDone() {
        if done == secret.secret.byteCount { pipe.writing = nil }
    }
}
