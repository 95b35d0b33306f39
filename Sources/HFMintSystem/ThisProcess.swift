private import CLinux
import Glibc
package import HFMintCore

/// The process that hfmint runs as.
///
/// This module is the only one that touches the machine. It implements the seams that `HFMintCore` declares, and
/// `main.swift` puts them together. The order: ``ThisProcess`` hardens the process and reads arguments and variables.
/// `Files/` begins with ``PosixFiles``, `HTTP/` with ``CurlTransport``, and `Processes/` with ``ChildProcesses``, which
/// runs programs, and ``PosixSupervisor``, which runs the user's command. `Libraries/` opens libcurl, libcrypto
/// (``LibCrypto``) and libsodium (``LibSodium``). `Listener/` begins with ``PosixListener``, which web servers connect
/// to. ``StandardStreams`` prints. The module decides nothing about tokens, reads no manifest, and prints nothing of
/// its own.
package enum ThisProcess {
    /// Forbids core dumps and debuggers, hides variables from libraries, and opens closed standard streams, whose
    /// numbers a later file would get.
    ///
    /// Called first, before a secret is read or another thread runs. A step that fails is passed over.
    package static func harden() {
        forbidCoreDumps()
        GivenVariables.shared.hideFromLibraries()
        _ = hfmint_linux_set_not_dumpable()
        // Swift's crash reporter may have taken these signals. It would print parts of this memory, and it would wait
        // for ever, because it may not attach to this process.
        for signal in [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] where !isIgnored(signal) {
            _ = Glibc.signal(signal, SIG_DFL)
        }
        _ = signalMask
        _ = ignoredAtStart
        // A write beyond `ulimit -f` then fails with EFBIG, which can be reported and cleaned up after.
        _ = Glibc.signal(SIGXFSZ, SIG_IGN)
        // A process that ignores SIGCHLD does not learn that a child has ended.
        _ = Glibc.signal(SIGCHLD, SIG_DFL)
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
            _ = unsafe open("/dev/null", O_RDWR)
        }
    }

    /// The signals that were blocked at the start.
    static let signalMask: sigset_t = {
        var mask = sigset_t()
        unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
        return mask
    }()

    /// The signals that were ignored at the start.
    ///
    /// They stay ignored in the programs that hfmint starts.
    static let ignoredAtStart: Set<CInt> = Set(
        [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT, SIGTSTP, SIGXFSZ].filter(isIgnored))

    /// Returns whether this process ignores `signal` now.
    static func isIgnored(_ signal: CInt) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(signal, nil, &action) == 0 else { return false }
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// Sets only the soft limit to 0, so that a child can get the limit back.
    static func forbidCoreDumps() {
        var limit = coreLimit
        limit.rlim_cur = 0
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }

    /// Restores the limits of the start, for a child.
    static func restoreLimits() {
        var limit = coreLimit
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }

    /// The limit of core dumps at the start.
    private static let coreLimit: rlimit = {
        var limit = rlimit()
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        return limit
    }()

    package static var environment: Environment {
        var entries: [[UInt8]] = []
        while let entry = unsafe GivenVariables.shared.list[entries.count] { entries.append(unsafe bytes(of: entry)) }
        return Environment(entries: entries)
    }

    /// The arguments after the program's name.
    ///
    /// The name `git-credential-hfmint` means `hfmint git-credential`.
    package static var arguments: [String] {
        let words = givenWords.map { String(decoding: $0, as: UTF8.self) }
        let isHelper = words.first?.utf8.split(separator: ASCII.slash).last?.elementsEqual("git-credential-hfmint".utf8)
        return (isHelper == true ? ["git-credential"] : []) + words.dropFirst()
    }

    /// Returns the words as C strings, which the caller frees.
    ///
    /// If they are this process's last arguments, their original bytes are used: a path need not be UTF-8, and a Swift
    /// `String` replaces bytes that are not.
    static func exactWords(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
        let given = givenWords.suffix(words.count)
        let isGiven = given.elementsEqual(words) { String(decoding: $0, as: UTF8.self) == $1 }
        let exact = isGiven ? Array(given) : words.map { Array($0.utf8) }
        return unsafe exact.map { word in unsafe strdup(word.map { CChar(bitPattern: $0) } + [0]) }
    }

    /// The original bytes of the program's name and its arguments.
    private static let givenWords: [[UInt8]] = {
        let words = unsafe hfmint_linux_given_words()
        return unsafe UnsafeBufferPointer(start: words.first, count: Int(words.count)).compactMap { word in
            unsafe word.map { unsafe bytes(of: $0) }
        }
    }()

    private static func bytes(of text: UnsafeMutablePointer<CChar>) -> [UInt8] {
        unsafe UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
    }

    /// The path of the running program.
    ///
    /// Without /proc, the path by which the kernel was asked to start it.
    package static var path: String {
        unsafe realPath("/proc/self/exe") ?? realPath(hfmint_linux_program()) ?? "hfmint"
    }

    /// Ends the process at once.
    ///
    /// Nothing is buffered, and a thread may still be waiting for an answer.
    package static func exit(_ status: Int32) -> Never { _exit(status) }
}
