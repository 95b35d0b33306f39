@testable import HFMintCore
import HFMintTesting
import Synchronization
import Testing

@Suite("a release")
struct FleetReleaseTests {
    private let files = MemoryFiles(privateBases: ["/state"])

    private func fleet(onRelease: Bool = true) -> FleetDefinition {
        AppliedFleet.fleet([
            SpaceDefinition(
                resource: Resource(kind: .space, namespace: "acme", name: "chat"), app: "hfmint.json5",
                place: ManifestPlace(file: "hfmint.json5", path: "fleet", line: 3),
                secrets: [SecretDefinition(name: "KEY", origin: .rotation("app"), rotatesOnRelease: onRelease)])
        ])
    }

    private func release(
        _ version: String, _ stage: RotationStage, onRelease: Bool = true
    ) throws -> [Rotations.RunResult] {
        let directory = try files.openPrivateDirectory(DirectoryCandidate(path: "/state/fleet", in: "/"), making: true)
        return try FleetRelease(version, of: fleet(onRelease: onRelease), stage.rotations(), rememberedIn: directory)
            .run()
    }

    @Test("rotates once what is rotated with it, however often it is applied")
    func once() throws {
        let stage = RotationStage()
        let first = try release("2.4.0", stage)
        #expect(first.map(\.name) == ["app"])
        #expect(first.allSatisfy(FleetRelease.isDelivered))
        let made = stage.state.withLock { $0.created }
        #expect(made == 1)
        #expect(try release("2.4.0", stage).isEmpty)
        #expect(stage.state.withLock { $0.created } == made)
    }

    @Test("that follows rotates again, once the run before it is over")
    func next() throws {
        let stage = RotationStage()
        _ = try release("2.4.0", stage)
        #expect(try stage.runToEnd() == .finished)
        #expect(try release("2.5.0", stage).count == 1)
        #expect(stage.state.withLock { $0.created } == 2)
    }

    @Test("goes on where a sink failed, and is not delivered before that")
    func failing() throws {
        let stage = RotationStage { state in
            state.failures["write first"] = Array(repeating: StepFailure(.refused, "no"), count: 3)
        }
        let failed = try release("2.4.0", stage)
        #expect(failed.map(FleetRelease.isDelivered) == [false])
        #expect(try release("2.4.0", stage).count == 1)
    }

    @Test("rotates nothing that is not marked")
    func unmarked() throws {
        let stage = RotationStage()
        #expect(try release("2.4.0", stage, onRelease: false).isEmpty)
        #expect(stage.state.withLock { $0.created } == 0)
    }
}
