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
        // Blocked before a thread starts, so that no signal ends this process before it waits.
        guard watched.block() else { throw .cannotStart("signals cannot be held back: \(Errno.last.reason)") }
        // This process stays with the child even if the reader of its stderr goes away.
        (Self.ignored + [SIGPIPE]).forEach { _ = signal($0, SIG_IGN) }
        let child = try spawn(command)
        if let renewal { start(renewal) }
        return try wait(for: child, watched)
    }

    private func spawn(_ command: SupervisedCommand) throws(ProcessFailure) -> pid_t {
        let spawn = Spawn(
            runsScripts: true, signalMask: ThisProcess.signalMask,
            changedSignals: Self.ignored + Self.passedOn + [SIGPIPE, SIGXFSZ])
        ThisProcess.restoreLimits()
        defer { ThisProcess.forbidCoreDumps() }
        var child: pid_t = 0
        let code = unsafe withWords(command) { unsafe spawn.start(&child, &$0, &$1) }
        guard code == 0 else { throw ProcessFailure(start: code) }
        return child
    }

    package func become(_ command: SupervisedCommand) -> ProcessFailure {
        ThisProcess.restoreLimits()
        if !ThisProcess.ignoredAtStart.contains(SIGXFSZ) { _ = signal(SIGXFSZ, SIG_DFL) }
        let code = unsafe withWords(command) { words, environment in
            if let name = unsafe words[0] { _ = unsafe execvpe(name, &words, &environment) }
            return errno
        }
        return ProcessFailure(start: code)
    }

    /// Starts a thread that renews a token, and that ends with the process.
    private func start(_ renewal: Renewal) {
        do throws(Errno) {
            let thread = try startThread {
                var wait: Duration? = renewal.firstWait
                while let duration = wait {
                    SystemClock().sleep(for: duration)
                    wait = renewal.renew()
                }
            }
            pthread_detach(thread)
        } catch {
            renewal.giveUp(error.reason)
        }
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
    /// If Ctrl-Z has stopped the child, this process stops too, because the shell waits for this process.
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
            // Process 1 also reaps the programs that its child left behind.
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

/// Returns whether the terminal stopped the child, so that a shell waits for this process to stop.
///
/// A program may stop itself by SIGSTOP when Ctrl-Z is pressed. But SIGSTOP may also come from another program, which
/// freezes the child alone, and later wakes the child alone.
private func shellWaits(forStopBy signal: CInt) -> Bool {
    if [SIGTSTP, SIGTTIN, SIGTTOU].contains(signal) { return true }
    guard let terminal = try? Descriptor.open("/dev/tty", O_RDONLY | O_NOCTTY) else { return false }
    return tcgetpgrp(terminal.number) == getpgrp()
}

/// Lends the arguments and the variables of `command` as lists of C strings, each of which ends with a null.
private func withWords(
    _ command: SupervisedCommand,
    _ body: (inout [UnsafeMutablePointer<CChar>?], inout [UnsafeMutablePointer<CChar>?]) -> CInt
) -> CInt {
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
    return withExtendedLifetime(command) { unsafe body(&words, &environment) }
}
