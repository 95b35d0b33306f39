/// What hfmint may touch: the machine behind its seams.
///
/// A machine is the same for every caller. Who calls, and what is said to whom, is in the ``Context`` around it.
package struct Machine: Sendable {
    package var transport: any HTTPTransport
    package var clock: any Clock
    package var files: any Files
    package var processes: any Processes
    package var supervisor: any Supervisor
    package var workers: any Workers
    package var digests: any Digests
    package var signatures: any Signatures
    package var sealedBoxes: any SealedBoxes
    /// 64 random bits.
    package var random: @Sendable () -> UInt64
    /// Where this program lies, for what calls it later.
    package var programPath: String

    package init(
        transport: any HTTPTransport,
        clock: any Clock,
        files: any Files,
        processes: any Processes,
        supervisor: any Supervisor,
        workers: any Workers,
        digests: any Digests,
        signatures: any Signatures,
        sealedBoxes: any SealedBoxes,
        random: @escaping @Sendable () -> UInt64,
        programPath: String = "hfmint"
    ) {
        self.transport = transport
        self.clock = clock
        self.files = files
        self.processes = processes
        self.supervisor = supervisor
        self.workers = workers
        self.digests = digests
        self.signatures = signatures
        self.sealedBoxes = sealedBoxes
        self.random = random
        self.programPath = programPath
    }
}
