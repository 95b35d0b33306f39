private import CLinux
import Glibc
package import HFMintCore

/// A ``Supervisor`` that starts the child by posix_spawn(3), in this process's group.
package struct PosixSupervisor: Supervisor {
    /// The signals that the terminal sends to the child as well.
    private static let ignored = [SIGINT, SIGQUIT, SIGTSTP]
    /// The signals that this process passes on to the child.
    private static let passedOn = [SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCONT]

    package init() {}

    package func run(_ command: SupervisedCommand, renewal: Renewal?) throws(ProcessFailure) -> Int32 {
        let passedOn = Self.passedOn.filter { !ThisProcess.ignoredAtStart.contains($0) }
        let watched = SignalSet(passedOn + [SIGCHLD])
        // Blocked before any thread starts, so that no signal ends this process before it waits.
        guard watched.block() else { throw .cannotStart("signals cannot be held back: \(Errno.last.reason)") }
        // This process must stay with the child even if the reader of its stderr goes away.
        (Self.ignored + [SIGPIPE]).forEach { _ = signal($0, SIG_IGN) }
        let child = try spawn(command)
        if let renewal { RenewalThread.start(renewal) }
        return try wait(for: child, watched)
    }

    /// Starts the child, and keeps those signals ignored that were ignored at the start, as under `nohup`.
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
            if Errno(code: code).mayComeFromSpawn {
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

    /// Passes signals on until the child ends, and returns its status.
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

    /// Returns the status of `child` if it has ended, or nil.
    ///
    /// If the child was stopped, as by Ctrl-Z, this process stops too, because the shell waits for this process.
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
            // As process 1, this process also reaps the children that its child left behind.
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

/// Returns whether the terminal stopped the child, so that a shell must see that this process stops.
///
/// A program may stop itself by SIGSTOP when Ctrl-Z is pressed. But SIGSTOP may also come from outside, to freeze the
/// child alone. Then only the child is continued later, and nothing would wake this process.
private func shellWaits(forStopBy signal: CInt) -> Bool {
    if [SIGTSTP, SIGTTIN, SIGTTOU].contains(signal) { return true }
    guard let terminal = try? Descriptor.open("/dev/tty", O_RDONLY | O_NOCTTY) else { return false }
    return tcgetpgrp(terminal.number) == getpgrp()
}

/// Lends the arguments and the variables of `command` as C lists of strings, each of which ends with a null.
private func withWords<Result>(
    _ command: SupervisedCommand,
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) ->
        Result
) -> Result {
    var words = unsafe ThisProcess.exactWords(command.arguments) + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    // The bytes stay in place for as long as `command` lives.
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

/// Lends the words of `/bin/sh SCRIPT …`, by which execvp(3) too runs a script that names no interpreter.
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

/// Returns `name` if it holds a slash, or else its path below the first directory of `PATH` that has it.
///
/// The caller frees the result.
private func pathOfScript(_ name: UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>? {
    if unsafe strchr(name, CInt(ASCII.slash)) != nil {
        // The shell would read a leading minus as an option.
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

/// Returns both texts in one, which the caller frees.
private func joined(_ prefix: String, _ name: UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>? {
    let count = unsafe prefix.utf8.count + strlen(name) + 1
    let text = unsafe malloc(count)?.assumingMemoryBound(to: CChar.self)
    guard let text = unsafe text else { return nil }
    unsafe strcpy(text, prefix)
    unsafe strcat(text, name)
    return unsafe text
}

/// The thread that renews a token while a child runs, and that ends with the process.
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
