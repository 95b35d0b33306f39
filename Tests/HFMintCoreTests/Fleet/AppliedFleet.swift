@testable import HFMintCore
import HFMintTesting
import Synchronization

/// A fleet on a machine whose Hub is an ``AppliedHub``.
final class AppliedFleet: Sendable {
    let hub: AppliedHub
    let clock = FrozenClock()
    let interrupts: TestInterrupts
    let files = MemoryFiles(writable: ["/audit.log"], privateBases: ["/state"])
    let context: Context
    let directory: any PrivateDirectory
    private let told = Mutex<[FleetEvent]>([])
    private let lastStep: String?

    static let environment: Environment = [
        "APPLY": "hf_apply", "FLEET_KEY": "0123456789abcdef0123456789abcdef", "ONE": "SENTINEL-one",
        "TWO": "SENTINEL-two", "NUL": "a\0b",
    ]

    init(
        _ spaces: [String: AppliedHub.Space], environment: Environment = AppliedFleet.environment,
        interruptedAt line: String? = nil, interruptedBy step: String? = nil
    ) throws {
        lastStep = step
        let interrupts = TestInterrupts()
        self.interrupts = interrupts
        hub = AppliedHub(spaces) { if $0 == line { interrupts.send() } }
        let machine = FakeMachine(environment, clock: clock, files: files, signatures: TestSignatures())
        var context = machine.context
        context.machine.transport = hub
        context.machine.workers = PassingTime(clock: clock)
        context.machine.interrupts = interrupts
        self.context = context
        let candidate = DirectoryCandidate(path: "/state/fleet", in: "/")
        guard let opened = try files.openPrivateDirectory(candidate, making: true) else {
            throw FileFailure("/state/fleet", "it was not made")
        }
        directory = opened
    }

    var events: [FleetEvent] { told.withLock { $0 } }

    /// The names of what was told of a resource, in order.
    func steps(of space: String) -> [String] {
        events.filter { $0.resource == "spaces/acme/\(space)" }.map(\.step.name)
    }

    static func space(
        _ name: String, after: [String] = [], variables: [String: String] = [:], secrets: [String: String] = [:],
        hardware: String? = nil, health: Health = Health(), isProtected: Bool = false
    ) -> SpaceDefinition {
        SpaceDefinition(
            resource: Resource(kind: .space, namespace: "acme", name: name), app: "apps/\(name).json5",
            place: ManifestPlace(file: "hfmint.json5", path: "fleet", line: 3),
            after: after.map { "spaces/acme/\($0)" }, hardware: hardware,
            variables: variables.sorted { $0.key < $1.key }.map { Entry(name: $0.key, value: $0.value) },
            secrets: secrets.sorted { $0.key < $1.key }.map { name, source in
                SecretDefinition(
                    name: name, origin: .reference(.variable(Environment.Key(source)), folder: "/m"))
            }, health: health, isProtected: isProtected)
    }

    static func fleet(
        _ spaces: [SpaceDefinition], maxUnavailable: Int = 1, window: FleetWindow? = nil, digest: String = "d1",
        apply: SecretReference? = .variable("APPLY")
    ) -> FleetDefinition {
        FleetDefinition(
            organization: "acme", spaces: spaces, endpoints: [], read: nil, apply: apply, admin: nil,
            key: .variable("FLEET_KEY"), folder: "/m", maxUnavailable: maxUnavailable, settle: 20, window: window,
            maxDeletes: 1, endpointsURL: HTTPURL(.huggingFace, "/"), digest: digest)
    }

    /// Plans as a command does, from what the Hub shows now.
    func plan(_ fleet: FleetDefinition, pruning: Int? = nil) throws -> FleetPlan {
        let record = try FleetRecord(reading: directory, endpoint: .huggingFace)
        let secrets = try FleetSecrets(fleet, record, in: context)
        let access = HubAccess(
            .huggingFace, endpointsURL: fleet.endpointsURL, token: SharedSecret(Secret("hf_read")), in: context)
        let reader = FleetReader(fleet, access)
        let differences = try fleet.spaces.flatMap { space in
            compare(space, try reader.read(space)) { secrets.proof(of: $0, of: space) }
        }
        return try FleetPlan(differences, of: fleet, on: .huggingFace, pruning: pruning, at: clock.now())
    }

    /// Applies a plan, and returns what was done.
    @discardableResult
    func apply(
        _ plan: FleetPlan, _ fleet: FleetDefinition, _ options: (inout FleetApply.Options) -> Void = { _ in },
        fresh: FleetPlan? = nil
    ) throws -> FleetOutcome {
        var chosen = FleetApply.Options()
        options(&chosen)
        let trail = AuditTrail(on: context.machine)
        var settings = AuditTrail.Settings(isRequired: true)
        settings.file = "/audit.log"
        trail.begin(settings)
        let apply = try FleetApply(plan, of: fleet, options: chosen, in: directory, audit: trail, context: context)
        let told = { @Sendable (event: FleetEvent) in
            self.told.withLock { $0.append(event) }
            if "\(event.resource) \(event.step.name)" == self.lastStep { self.interrupts.send() }
        }
        guard let fresh else { return try apply.run(reading: nil, telling: told) }
        return try apply.run(reading: { fresh }, telling: told)
    }

    /// The reasons in the audit log, in order.
    var recorded: [String] {
        (files["/audit.log"] ?? "").split(separator: "\n").compactMap { line in
            (try? JSONText(Array(line.utf8)))?.text("reason")
        }
    }
}
