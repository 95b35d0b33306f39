import HFMintCLI
import HFMintCore
import HFMintSystem

// The only place where the seams meet the machine.
ThisProcess.harden()

let environment = ThisProcess.environment
let live = Context(
    environment: environment,
    transport: CurlTransport(environment: environment),
    clock: SystemClock(),
    files: PosixFiles(),
    processes: ChildProcesses(),
    supervisor: PosixSupervisor(),
    workers: ThreadPool(),
    digests: LibCrypto(),
    signatures: LibCrypto(),
    output: StandardStreams(),
    random: { .random(in: .min ... .max) },
    programPath: ThisProcess.path
)

ThisProcess.exit(runTool(ThisProcess.arguments, in: live))
