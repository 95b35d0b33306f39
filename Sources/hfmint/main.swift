import HFMintCLI
import HFMintCore
import HFMintSystem

// Puts the machine together, and runs hfmint once. No other file knows both sides of a seam.
ThisProcess.harden()

let environment = ThisProcess.environment
let machine = Machine(
    transport: CurlTransport(environment: environment),
    clock: SystemClock(),
    files: PosixFiles(),
    processes: ChildProcesses(),
    supervisor: PosixSupervisor(),
    workers: ThreadPool(),
    listener: PosixListener(environment),
    interrupts: PosixInterrupts(),
    digests: LibCrypto(),
    signatures: LibCrypto(),
    sealedBoxes: LibSodium(),
    random: { .random(in: .min ... .max) },
    programPath: ThisProcess.path
)
let live = Context(machine, environment: environment, speaker: Speaker(StandardStreams()))
ThisProcess.exit(runTool(ThisProcess.arguments, in: live))
