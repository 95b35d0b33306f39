private import CLinux
import Glibc
package import HFMintCore

/// ``Processes`` by posix_spawn.
package struct ChildProcesses: Processes {
    private let clock = SystemClock()

    package init() {}

    package func run(_ command: ChildCommand) throws(ProcessFailure) -> ChildResult {
        let (output, child) = try start(command.arguments)
        let deadline = clock.uptime() + .milliseconds(command.milliseconds)
        do throws(ProcessFailure) {
            let text = try collect(output, byteLimit: command.byteLimit, until: deadline)
            return ChildResult(status: try wait(for: child, until: deadline), output: text)
        } catch {
            // It leads a process group of its own, so what it started goes with it.
            _ = kill(-child, SIGKILL)
            while EndedChildren.shared.status(of: child) == nil { clock.sleep(for: .milliseconds(1)) }
            throw error
        }
    }

    private func start(_ arguments: [String]) throws(ProcessFailure) -> (output: SharedDescriptor, child: pid_t) {
        var ends: [CInt] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else { throw .cannotStart(Errno.last.reason) }
        let output = SharedDescriptor(Descriptor(adopting: ends[0]))
        let input = Descriptor(adopting: ends[1])

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, input.number, STDOUT_FILENO)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // A thread that renews a token blocks signals; what it starts must not inherit that.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))

        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var child: pid_t = 0
        let code = EndedChildren.shared.start(&child) { child in
            unsafe posix_spawnp(&child, arguments[0], &actions, &attributes, &words, environ)
        }
        switch code {
        case 0: return (output, child)
        case ENOENT: throw .notFound
        default: throw .cannotStart(Errno(code: code).reason)
        }
    }

    private func collect(_ output: SharedDescriptor, byteLimit: Int, until deadline: Duration) throws(ProcessFailure)
        -> Secret
    {
        var buffer = SecretBuffer(capacity: byteLimit + 1)
        while true {
            let left = (deadline - clock.uptime()).milliseconds
            guard left > 0 else { throw .timedOut }
            var poller = pollfd(fd: output.descriptor.number, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&poller, 1, CInt(left)) > 0 else { continue }
            let count = unsafe buffer.fill { room in unsafe read(output.descriptor.number, room.baseAddress, room.count)
            }
            guard buffer.byteCount <= byteLimit else { throw .tooMuchOutput }
            if count == 0 { return buffer.finish() }
        }
    }

    /// A program that closed its output and goes on is asked for its end every 10 ms.
    private func wait(for child: pid_t, until deadline: Duration) throws(ProcessFailure) -> Int {
        var ended = EndedChildren.shared.status(of: child)
        while ended == nil {
            guard clock.uptime() < deadline else { throw .timedOut }
            clock.sleep(for: .milliseconds(10))
            ended = EndedChildren.shared.status(of: child)
        }
        let status = ended ?? 0
        let signal = status & 0x7F
        return Int(signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
    }
}
