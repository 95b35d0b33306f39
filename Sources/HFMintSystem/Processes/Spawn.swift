internal import CLinux
import Glibc

/// How a program is started: with which streams and signals.
struct Spawn {
    /// The descriptors that become its stdin and stdout; -1 leaves them as they are.
    var input: CInt = -1
    var output: CInt = -1
    /// Whether it leads a process group of its own.
    var isApart = false
    /// Whether the shell runs a program that is a script and names no interpreter, as execvp(3) does.
    var runsScripts = false
    var signalMask: sigset_t
    /// The signals whose disposition this process may have changed; the program gets that of the start.
    var changedSignals: [CInt]

    /// Starts a program by posix_spawn(3) or, if a sandbox forbids that, by fork(2).
    ///
    /// - Parameters:
    ///   - words: the program, looked up on `PATH`, and its arguments; a null at the end.
    ///   - environment: ends with a null too.
    /// - Returns: 0; or an errno; or, negated, the errno of fork(2).
    func start(
        _ child: inout pid_t, _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
        _ environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    ) -> CInt {
        guard let name = unsafe words[0] else { return ENOENT }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if input >= 0 { unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) }
        if output >= 0 { unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var mask = signalMask
        var defaults = SignalSet(changedSignals.filter { !ThisProcess.ignoredAtStart.contains($0) }).raw
        unsafe posix_spawnattr_setsigmask(&attributes, &mask)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (isApart ? POSIX_SPAWN_SETPGROUP : 0)
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        let code = unsafe posix_spawnp(&child, name, &actions, &attributes, words, environment)
        guard Errno(code: code).mayComeFromSpawn || runsScripts && code == ENOEXEC else { return code }
        return unsafe hfmint_linux_start(&child, words, environment, input, output, isApart ? 1 : 0, &mask, &defaults)
    }
}
