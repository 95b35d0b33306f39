private import CLinux
import Glibc
package import HFMintCore

/// ``Supervisor`` by posix_spawn: no fork after threads, and the child stays in our process group.
package struct PosixSupervisor: Supervisor {
    /// Reach the child from the terminal by themselves.
    private static let ignored = [SIGINT, SIGQUIT, SIGTSTP]
    private static let passedOn = [SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCONT]

    package init() {}

    package func run(_ command: SupervisedCommand, renewal: Renewal?) throws(ProcessFailure) -> Int32 {
        let passedOn = Self.passedOn.filter { !ThisProcess.ignoredAtStart.contains($0) }
        let watched = SignalSet(passedOn + [SIGCHLD])
        // Blocked before any thread starts, so that no signal ends us between here and the wait.
        guard watched.block() else { throw .cannotStart("signals cannot be held back: \(Errno.last.reason)") }
        // A reader of our stderr that goes away must not take us from the child.
        (Self.ignored + [SIGPIPE]).forEach { _ = signal($0, SIG_IGN) }
        let child = try spawn(command)
        if let renewal { RenewalThread.start(renewal) }
        return try wait(for: child, watched)
    }

    /// What was ignored stays so: a program that was started under `nohup` must not notice us.
    private func spawn(_ command: SupervisedCommand) throws(ProcessFailure) -> pid_t {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        let changed = Self.ignored + Self.passedOn + [SIGPIPE, SIGXFSZ]
        var defaults = SignalSet(changed.filter { !ThisProcess.ignoredAtStart.contains($0) }).raw
        var mask = ThisProcess.signalMask
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        unsafe posix_spawnattr_setsigmask(&attributes, &mask)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        ThisProcess.restoreLimits()
        defer { ThisProcess.forbidCoreDumps() }
        var child: pid_t = 0
        let code = unsafe withWords(command) { words, environment in
            guard let name = unsafe words[0] else { return ENOENT }
            var code = unsafe posix_spawnp(&child, name, nil, &attributes, words, environment)
            if Errno(code: code).mayBeOfSpawn {
                code = unsafe hfmint_linux_start(&child, words, environment, -1, -1, 0, &mask, &defaults)
            }
            guard code == ENOEXEC, let script = unsafe pathOfScript(name) else { return code }
            defer { unsafe free(script) }
            return unsafe withShell(for: script, words) {
                unsafe posix_spawn(&child, "/bin/sh", nil, &attributes, $0, environment)
            }
        }
        guard code == 0 else { throw ProcessFailure(start: code) }
        return child
    }

    package func become(_ command: SupervisedCommand) -> ProcessFailure {
        ThisProcess.restoreLimits()
        if !ThisProcess.ignoredAtStart.contains(SIGXFSZ) { _ = signal(SIGXFSZ, SIG_DFL) }
        let code = unsafe withWords(command) { words, environment in
            if let name = unsafe words[0] { _ = unsafe execvpe(name, words, environment) }
            return errno
        }
        return ProcessFailure(start: code)
    }

    private func wait(for child: pid_t, _ watched: SignalSet) throws(ProcessFailure) -> Int32 {
        var set = watched.raw
        while true {
            var number: CInt = 0
            if unsafe sigwait(&set, &number) != 0 {
                number = SIGCHLD
                watched.takePending().forEach { _ = kill(child, $0) }
                SystemClock().sleep(for: .milliseconds(20))
            }
            guard number == SIGCHLD else {
                _ = kill(child, number)
                continue
            }
            if let status = try changed(child) { return status }
        }
    }

    /// The status of `child` if it has ended.
    ///
    /// If it was stopped, as Ctrl-Z does, so are we: the shell waits for us, and must see a job that stopped.
    private func changed(_ child: pid_t) throws(ProcessFailure) -> Int32? {
        var status: CInt = 0
        while true {
            let found: pid_t
            do throws(Errno) {
                found = try EndedChildren.changed(getpid() == 1 ? -1 : child, &status, WUNTRACED)
            } catch {
                throw .outOfSight("it was started, and how it ended cannot be seen: \(error.reason)")
            }
            guard found > 0 else { return nil }
            // As process 1 we also bury what our child left behind.
            guard found == child else {
                EndedChildren.shared.note(found, status)
                continue
            }
            if status & 0xFF == 0x7F {
                if shellWaits(forStopBy: (status >> 8) & 0xFF) { raise(SIGSTOP) }
                continue
            }
            let signal = status & 0x7F
            return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
        }
    }
}

/// Whether a stop of the child is the terminal's doing, so that a shell must learn of it.
///
/// SIGSTOP is sent by programs that stop themselves when Ctrl-Z is pressed, but also by who freezes a process from
/// outside, and then lets go on that one alone: nobody would wake us.
private func shellWaits(forStopBy signal: CInt) -> Bool {
    if [SIGTSTP, SIGTTIN, SIGTTOU].contains(signal) { return true }
    guard let terminal = try? Descriptor.open("/dev/tty", O_RDONLY | O_NOCTTY) else { return false }
    return tcgetpgrp(terminal.number) == getpgrp()
}

/// Lends `command` as C wants it: two lists of strings, each with a null at its end.
private func withWords<Result>(
    _ command: SupervisedCommand,
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) ->
        Result
) -> Result {
    var words = unsafe ThisProcess.exactWords(command.arguments) + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    // The bytes stay where they are for as long as `command` does.
    var environment =
        unsafe command.environment.map { entry in
            unsafe entry.secret.reveal { span in
                unsafe span.withUnsafeBytes {
                    unsafe UnsafeMutableRawPointer(mutating: $0.baseAddress)?.assumingMemoryBound(to: CChar.self)
                }
            }
        } + [nil]
    return withExtendedLifetime(command) {
        unsafe words.withUnsafeMutableBufferPointer { words in
            unsafe environment.withUnsafeMutableBufferPointer { environment in
                guard let first = words.baseAddress, let second = environment.baseAddress else {
                    preconditionFailure("a list that ends with a null is not empty")
                }
                return unsafe body(first, second)
            }
        }
    }
}

/// Lends the words of `/bin/sh SCRIPT …` in place of those of a script that names no interpreter, as execvp(3) does.
private func withShell(
    for script: UnsafeMutablePointer<CChar>, _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt
) -> CInt {
    var all: [UnsafeMutablePointer<CChar>?] = unsafe [strdup("/bin/sh"), script]
    defer { unsafe free(all[0]) }
    var next = unsafe words.successor()
    while let word = unsafe next.pointee {
        unsafe all.append(word)
        unsafe next = next.successor()
    }
    unsafe all.append(nil)
    return unsafe all.withUnsafeMutableBufferPointer { all in
        guard let first = all.baseAddress else { preconditionFailure("a list that ends with a null is not empty") }
        return unsafe body(first)
    }
}

/// Where `name` was found: itself if it holds a slash, else below the first directory of `PATH` that has it.
///
/// To be freed.
private func pathOfScript(_ name: UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>? {
    if unsafe strchr(name, CInt(ASCII.slash)) != nil {
        // The shell would take it for an option.
        return unsafe joined(name.pointee == CChar(ASCII.minus) ? "./" : "", name)
    }
    let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/bin:/usr/bin"
    for directory in path.utf8.split(separator: ASCII.colon, omittingEmptySubsequences: false) {
        let prefix = directory.isEmpty ? "./" : String(decoding: directory, as: UTF8.self) + "/"
        guard let file = unsafe joined(prefix, name) else { return nil }
        if unsafe access(file, X_OK) == 0 { return unsafe file }
        unsafe free(file)
    }
    return nil
}

private func joined(_ prefix: String, _ name: UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>? {
    let count = unsafe prefix.utf8.count + strlen(name) + 1
    let text = unsafe malloc(count)?.assumingMemoryBound(to: CChar.self)
    guard let text = unsafe text else { return nil }
    unsafe strcpy(text, prefix)
    unsafe strcat(text, name)
    return unsafe text
}

/// A set of signals.
private struct SignalSet {
    private(set) var raw = sigset_t()

    init(_ signals: [CInt]) {
        unsafe sigemptyset(&raw)
        signals.forEach { _ = unsafe sigaddset(&raw, $0) }
    }

    /// `false` where it cannot be done; then errno says why.
    func block() -> Bool {
        var set = raw
        let code = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        errno = code
        return code == 0
    }

    /// Those of its signals that have come, without SIGCHLD, each taken off: where nobody can wait for them.
    func takePending() -> [CInt] {
        var pending = sigset_t()
        guard unsafe sigpending(&pending) == 0 else { return [] }
        let found = (1..<CInt(32)).filter { number in
            unsafe number != SIGCHLD && sigismember(&pending, number) == 1 && contains(number)
        }
        for number in found {
            // One that is ignored for a moment is no longer pending.
            _ = signal(number, SIG_IGN)
            _ = signal(number, SIG_DFL)
        }
        return found
    }

    private func contains(_ number: CInt) -> Bool {
        var set = raw
        return unsafe sigismember(&set, number) == 1
    }
}

/// The thread that renews a token while a child runs; it ends with the process.
private final class RenewalThread {
    private let renewal: Renewal

    private init(_ renewal: Renewal) {
        self.renewal = renewal
    }

    static func start(_ renewal: Renewal) {
        let context = unsafe Unmanaged.passRetained(RenewalThread(renewal))
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, nil, runRenewal, context.toOpaque())
        guard code == 0 else {
            unsafe context.release()
            return renewal.giveUp(Errno(code: code).reason)
        }
        pthread_detach(thread)
    }

    fileprivate func loop() {
        var wait: Duration? = renewal.firstWait
        while let duration = wait {
            SystemClock().sleep(for: duration)
            wait = renewal.renew()
        }
    }
}

private func runRenewal(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    unsafe Unmanaged<RenewalThread>.fromOpaque(context).takeRetainedValue().loop()
    return nil
}
