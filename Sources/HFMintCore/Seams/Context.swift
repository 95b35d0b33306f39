/// A caller of hfmint: the ``Machine``, with the caller's variables and the way to tell the caller something.
package struct Context: Sendable {
    package var machine: Machine
    /// The variables of the job for which hfmint works.
    package var environment: Environment
    package var speaker: Speaker

    package init(_ machine: Machine, environment: Environment, speaker: Speaker) {
        self.machine = machine
        self.environment = environment
        self.speaker = speaker
    }
}

extension Context {
    package var transport: any HTTPTransport { machine.transport }
    package var clock: any Clock { machine.clock }
    package var files: any Files { machine.files }
    package var processes: any Processes { machine.processes }
    package var supervisor: any Supervisor { machine.supervisor }
    package var workers: any Workers { machine.workers }
    package var listener: any Listener { machine.listener }
    package var interrupts: any Interrupts { machine.interrupts }
    package var digests: any Digests { machine.digests }
    package var signatures: any Signatures { machine.signatures }
    package var sealedBoxes: any SealedBoxes { machine.sealedBoxes }
    package var random: @Sendable () -> UInt64 { machine.random }
    package var programPath: String { machine.programPath }

    package var output: any Output { speaker.output }
    package func note(_ message: String) { speaker.note(message) }
    package func progress(_ message: String) { speaker.progress(message) }
    package func trace(_ message: String) { speaker.trace(message) }
}
