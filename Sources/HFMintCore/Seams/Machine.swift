/// The machine that hfmint runs on: everything outside the program is reached through one of these seams.
///
/// Each seam is a protocol of this folder: ``HTTPTransport`` sends requests, ``Files`` reads and writes files,
/// ``Processes`` runs programs, ``Supervisor`` runs the command of `hfmint run`, ``Workers`` run units of work side by
/// side, a ``Listener`` serves connections, ``Interrupts`` tell that the user wants an end, and ``Digests``,
/// ``Signatures`` and ``SealedBoxes`` compute what libraries must. `HFMintSystem` implements them, and tests replace
/// them. Beside them stand the values that they take: ``HTTPRequest``, ``Origin``, ``DirectoryCandidate``,
/// ``FileFailure``.
///
/// A machine is the same for every caller. The ``Context`` adds the caller's ``Environment`` and ``Speaker``. A seam
/// never knows why it is called.
package struct Machine: Sendable {
    package var transport: any HTTPTransport
    package var clock: any Clock
    package var files: any Files
    package var processes: any Processes
    package var supervisor: any Supervisor
    package var workers: any Workers
    package var listener: any Listener
    package var interrupts: any Interrupts
    package var digests: any Digests
    package var signatures: any Signatures
    package var sealedBoxes: any SealedBoxes
    /// Returns 64 random bits that nobody can foretell, from the kernel: secrets are made of them.
    package var random: @Sendable () -> UInt64
    /// The path of this program, for configurations that call it later.
    package var programPath: String

    package init(
        transport: any HTTPTransport, clock: any Clock, files: any Files, processes: any Processes,
        supervisor: any Supervisor, workers: any Workers, listener: any Listener,
        interrupts: any Interrupts = NoInterrupts(), digests: any Digests, signatures: any Signatures,
        sealedBoxes: any SealedBoxes, random: @escaping @Sendable () -> UInt64, programPath: String = "hfmint"
    ) {
        self.transport = transport
        self.clock = clock
        self.files = files
        self.processes = processes
        self.supervisor = supervisor
        self.workers = workers
        self.listener = listener
        self.interrupts = interrupts
        self.digests = digests
        self.signatures = signatures
        self.sealedBoxes = sealedBoxes
        self.random = random
        self.programPath = programPath
    }
}
