private import CLinux
import Glibc
package import HFMintCore

/// The process that hfmint is.
package enum ThisProcess {
    /// Leaves no memory behind for others to read, no variable for a library to act on by itself, and no closed standard
    /// stream for a later file to take the place of.
    ///
    /// Best effort, and first of all: nothing secret has been read yet, and no other thread runs.
    package static func harden() {
        forbidCoreDumps()
        GivenVariables.shared.hideFromLibraries()
        _ = hfmint_linux_set_not_dumpable()
        // Where Swift's own crash reporter is installed, it has taken these already: it would print parts of our
        // memory, and waits for ever for a process that nobody may look into.
        for signal in [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] where !isIgnored(signal) {
            _ = Glibc.signal(signal, SIG_DFL)
        }
        _ = signalMask
        _ = ignoredAtStart
        // A write beyond `ulimit -f` then says EFBIG, and whoever wrote can say so and clean up.
        _ = Glibc.signal(SIGXFSZ, SIG_IGN)
        // Who ignores it never hears that a child has ended.
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

    /// The signals that hfmint was started with ignored: what it starts must not notice hfmint, so they stay so.
    static let ignoredAtStart: Set<CInt> = Set(
        [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT, SIGTSTP, SIGXFSZ].filter(isIgnored))

    /// Whether this process was started so, or has decided so.
    static func isIgnored(_ signal: CInt) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(signal, nil, &action) == 0 else { return false }
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// The soft limit alone, so that it can be given back to a child.
    static func forbidCoreDumps() {
        var limit = coreLimit
        limit.rlim_cur = 0
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }

    /// The limits that hfmint was started with, for a child.
    static func restoreLimits() {
        var limit = coreLimit
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }

    /// As it was at the start.
    private static let coreLimit: rlimit = {
        var limit = rlimit()
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        return limit
    }()

    package static var environment: Environment {
        var entries: [[UInt8]] = []
        var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = unsafe GivenVariables.shared.list
        while let entry = unsafe next.pointee {
            unsafe entries.append(
                Array(UnsafeBufferPointer(start: entry, count: strlen(entry)).map { UInt8(bitPattern: $0) }))
            unsafe next = next.successor()
        }
        return Environment(entries: entries)
    }

    /// The arguments after the program's name; called as `git-credential-hfmint`, it is `hfmint git-credential`.
    package static var arguments: [String] {
        let words = givenWords.map { String(decoding: $0, as: UTF8.self) }
        let isHelper = words.first?.utf8.split(separator: ASCII.slash).last?.elementsEqual("git-credential-hfmint".utf8)
        return (isHelper == true ? ["git-credential"] : []) + words.dropFirst()
    }

    /// The same words as C strings; where they are the last ones of this process's own, byte by byte as it was given
    /// them: a path need not be UTF-8, and a string of Swift's has been repaired.
    static func exactWords(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
        let given = givenWords.suffix(words.count)
        let isGiven = given.elementsEqual(words) { String(decoding: $0, as: UTF8.self) == $1 }
        let exact = isGiven ? Array(given) : words.map { Array($0.utf8) }
        return unsafe exact.map { word in
            unsafe (word + [0]).withUnsafeBufferPointer { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                    unsafe text.baseAddress.flatMap { unsafe strdup($0) }
                }
            }
        }
    }

    /// The program's name and its arguments, byte by byte.
    private static let givenWords: [[UInt8]] = {
        let words = unsafe hfmint_linux_given_words()
        return unsafe UnsafeBufferPointer(start: words.first, count: Int(words.count)).compactMap { word in
            unsafe word.map { start in
                unsafe Array(UnsafeBufferPointer(start: start, count: strlen(start)).map { UInt8(bitPattern: $0) })
            }
        }
    }()

    /// The file that runs, whatever name it was called by; without /proc, the one that the kernel was asked to run.
    package static var path: String {
        guard let path = unsafe realpath("/proc/self/exe", nil) ?? realpath(hfmint_linux_program(), nil) else {
            return "hfmint"
        }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// At once: a thread may be in the middle of a request, and nothing is buffered.
    package static func exit(_ status: Int32) -> Never { _exit(status) }
}
