@testable import HFMintCore
import HFMintTesting
import Testing

/// A sink as a manifest defines it, on a machine where everything is scripted.
struct SinkScene {
    let machine: FakeMachine
    let sink: any Sink

    /// What every write of a test puts there; no message and no URL may hold it.
    static let value = "s3cr3t-\"value\""

    init(
        _ text: String, _ script: [ScriptedTransport.Exchange] = [], environment: Environment = ["T": "t0ken"],
        files: MemoryFiles = MemoryFiles(), processes: ScriptedProcesses = ScriptedProcesses(),
        sealedBoxes: any SealedBoxes = TestSealedBoxes()
    ) throws {
        machine = FakeMachine(
            environment, transport: ScriptedTransport(script), files: files, processes: processes,
            sealedBoxes: sealedBoxes)
        let node = ManifestNode(try JSONText(Array(text.utf8), dialect: .json5))
        try #require(try Self.complaints(text).isEmpty)
        let surroundings = RotationSurroundings(
            name: "app", manifest: "/etc/hfmint/hfmint.json5", context: machine.context)
        sink = try #require(try sinkKinds.make(node, surroundings))
    }

    static func complaints(_ text: String) throws -> [String] {
        let text = try JSONText(Array(text.utf8), dialect: .json5)
        return ManifestCheck.issues(in: text, shape: RotationShape.sink).map(\.complaint)
    }

    func write() throws(StepFailure) -> Evidence {
        try sink.write(Secret(Self.value), idempotencyKey: "hfmint:app:1:0123456789abcdef")
    }

    /// Bodies of what was sent, in order; empty where there was none.
    var bodies: [String] { machine.transport.sent.map { $0.body ?? "" } }

    /// Every request of the script was made, each with the credential, and none has the value where it may not be.
    func isFaithful(credential: String) -> Bool {
        machine.transport.left.isEmpty
            && machine.transport.sent.allSatisfy { sent in
                sent.credential == credential && !sent.request.url.description.contains("s3cr3t")
                    && !sent.request.headers.contains { $0.value.contains("s3cr3t") }
            }
    }
}
