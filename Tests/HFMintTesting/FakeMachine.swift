package import HFMintCore

/// A machine on which everything is scripted: nothing answers, runs or may be written unless the test says so.
package struct FakeMachine: Sendable {
    package let transport: ScriptedTransport
    package let clock: FrozenClock
    package let files: MemoryFiles
    package let processes: ScriptedProcesses
    package let supervisor: ScriptedSupervisor
    package let output: RecordedOutput
    package var context: Context

    package init(
        _ environment: Environment = [:],
        transport: ScriptedTransport = ScriptedTransport(),
        clock: FrozenClock = FrozenClock(),
        files: MemoryFiles = MemoryFiles(),
        processes: ScriptedProcesses = ScriptedProcesses(),
        supervisor: ScriptedSupervisor = ScriptedSupervisor(),
        output: RecordedOutput = RecordedOutput(),
        digests: any Digests = TestDigests(),
        signatures: any Signatures = UnscriptedSignatures(),
        sealedBoxes: any SealedBoxes = TestSealedBoxes(),
        random: @escaping @Sendable () -> UInt64 = { 0 }
    ) {
        self.transport = transport
        self.clock = clock
        self.files = files
        self.processes = processes
        self.supervisor = supervisor
        self.output = output
        let machine = Machine(
            transport: transport, clock: clock, files: files, processes: processes, supervisor: supervisor,
            workers: OneThread(), listener: UnscriptedListener(), digests: digests, signatures: signatures,
            sealedBoxes: sealedBoxes, random: random)
        context = Context(machine, environment: environment, speaker: Speaker(output))
    }
}

extension FakeMachine {
    /// Another one at each call: what is recorded by one, the next does not know.
    package var audit: AuditTrail { AuditTrail(on: context.machine) }

    package init(_ environment: Environment, script: [ScriptedTransport.Exchange]) {
        self.init(environment, transport: ScriptedTransport(script))
    }
}
