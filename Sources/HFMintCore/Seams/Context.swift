/// Everything that hfmint may touch, handed to whoever needs it.
package struct Context: Sendable {
    package var environment: Environment
    package var transport: any HTTPTransport
    package var clock: any Clock
    package var files: any Files
    package var processes: any Processes
    package var supervisor: any Supervisor
    package var workers: any Workers
    package var digests: any Digests
    package var signatures: any Signatures
    package var sealedBoxes: any SealedBoxes
    package var output: any Output
    /// 64 random bits.
    package var random: @Sendable () -> UInt64
    package var verbosity: Verbosity = .normal
    /// Where this program lies, for what calls it later.
    package var programPath: String

    package init(
        environment: Environment,
        transport: any HTTPTransport,
        clock: any Clock,
        files: any Files,
        processes: any Processes,
        supervisor: any Supervisor,
        workers: any Workers,
        digests: any Digests,
        signatures: any Signatures,
        sealedBoxes: any SealedBoxes,
        output: any Output,
        random: @escaping @Sendable () -> UInt64,
        programPath: String = "hfmint"
    ) {
        self.environment = environment
        self.transport = transport
        self.clock = clock
        self.files = files
        self.processes = processes
        self.supervisor = supervisor
        self.workers = workers
        self.digests = digests
        self.signatures = signatures
        self.sealedBoxes = sealedBoxes
        self.output = output
        self.random = random
        self.programPath = programPath
    }
}

package enum Verbosity: Int, Comparable, Sendable {
    case quiet, normal, verbose

    package static func < (left: Verbosity, right: Verbosity) -> Bool { left.rawValue < right.rawValue }
}

extension Context {
    /// Something that the user did not ask for and should know; silenced by `--quiet`.
    package func note(_ message: String) {
        if verbosity >= .normal { output.write("hfmint: \(message.withoutTokens.printable)\n", to: .err) }
    }

    /// How far hfmint has come, for somebody who watches: on a terminal, and with `--verbose`.
    package func progress(_ message: String) {
        if output.kind(of: .err) == .terminal { note(message) } else { trace(message) }
    }

    /// How hfmint got there; only with `--verbose`.
    package func trace(_ message: String) {
        if verbosity >= .verbose { output.write("hfmint: \(message.withoutTokens.printable)\n", to: .err) }
    }
}
