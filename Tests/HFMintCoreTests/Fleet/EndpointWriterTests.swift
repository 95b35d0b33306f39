@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("an endpoint is updated")
struct EndpointWriterTests {
    private typealias Exchange = ScriptedTransport.Exchange

    private static let url = "https://api.endpoints.example/v2/endpoint/acme/scorer"

    private static func shown(_ state: String, _ updatedAt: String = "a", secrets: String = #"{"KEY":"***"}"#)
        -> Exchange
    {
        .answer(
            "GET \(url)", 200,
            #"{"name":"scorer","status":{"state":"\#(state)","updatedAt":"\#(updatedAt)"},"tags":["ours"],"#
                + #""compute":{"scaling":{"minReplica":0,"maxReplica":1,"scaleToZeroTimeout":15}},"#
                + #""model":{"revision":"r1","env":{"LEVEL":"debug","OTHER":"x"},"secrets":\#(secrets),"#
                + #""image":{"custom":{"url":"u","credentials":{"password":"***"}}}}}"#)
    }

    private static let definition = EndpointDefinition(
        namespace: "acme", name: "scorer", app: "hfmint.json5",
        place: ManifestPlace(file: "hfmint.json5", path: "fleet", line: 3),
        environment: [Entry(name: "LEVEL", value: "info")],
        secrets: [SecretDefinition(name: "KEY", origin: .reference(.variable("ONE"), folder: ""))], maxReplica: 2)

    private static func fleet() -> FleetDefinition {
        FleetDefinition(
            organization: "acme", spaces: [], endpoints: [definition], read: nil, apply: .variable("APPLY"),
            admin: nil, key: .variable("FLEET_KEY"), folder: "", maxUnavailable: 1, settle: 20, window: nil,
            maxDeletes: 1, endpointsURL: HTTPURL("https://api.endpoints.example") ?? HTTPURL(.huggingFace, "/"),
            digest: "d")
    }

    /// Plans and applies on a service that gives these answers.
    private func apply(
        _ script: [Exchange], _ options: (inout FleetApply.Options) -> Void = { _ in }
    ) throws -> (FleetOutcome, FakeMachine) {
        let clock = FrozenClock()
        var machine = FakeMachine(
            AppliedFleet.environment, transport: ScriptedTransport(script), clock: clock, signatures: TestSignatures())
        machine.context.machine.workers = PassingTime(clock: clock)
        let fleet = Self.fleet()
        let secrets = try FleetSecrets(fleet, FleetRecord(reading: nil, endpoint: .huggingFace), in: machine.context)
        let access = HubAccess(
            .huggingFace, endpointsURL: fleet.endpointsURL, token: SharedSecret(Secret("hf_read")),
            in: machine.context)
        let reading = try FleetReader(fleet, access).read(Self.definition)
        let differences = compare(Self.definition, reading) { secrets.proof(of: Self.definition) }
        let plan = try FleetPlan(differences, of: fleet, on: .huggingFace, at: clock.now())
        var chosen = FleetApply.Options()
        options(&chosen)
        let apply = try FleetApply(
            plan, of: fleet, options: chosen, in: nil, audit: machine.audit, context: machine.context)
        return (try apply.run(reading: nil) { _ in }, machine)
    }

    @Test("with one request of whole maps, without a null, and without what was read redacted")
    func update() throws {
        let (outcome, machine) = try apply([
            Self.shown("running"), Self.shown("running"), .answer("PUT \(Self.url)", 200, "{}"),
            Self.shown("running"), Self.shown("updating", "b"), Self.shown("running", "b"),
        ])
        #expect(outcome.failure == nil && machine.transport.left.isEmpty)
        let body = try #require(machine.transport.sent[2].body)
        #expect(
            body.hasPrefix(
                #"{"compute":{"scaling":{"maxReplica":2}},"#
                    + #""model":{"env":{"OTHER":"x","LEVEL":"info"},"secrets":{"KEY":"SENTINEL-one"}},"tags":["ours","#)
        )
        #expect(body.contains(#""hfmint-g1""#))
        #expect(!body.contains("null") && !body.contains("***") && !body.contains("image"))
        #expect(machine.transport.sent[2].credential == "Authorization: Bearer hf_apply")
    }

    @Test("without its secrets, should it have one that the manifest does not know")
    func stranger() throws {
        let secrets = #"{"KEY":"***","THEIRS":"***"}"#
        let (outcome, machine) = try apply([
            Self.shown("running", secrets: secrets), Self.shown("running", secrets: secrets),
            .answer("PUT \(Self.url)", 200, "{}"), Self.shown("updating", "b", secrets: secrets),
            Self.shown("running", "b", secrets: secrets),
        ])
        #expect(outcome.failure == nil && machine.transport.left.isEmpty)
        #expect(outcome.turns.first?.written == ["scaling.max", "env.LEVEL"])
        let body = try #require(machine.transport.sent[2].body)
        #expect(body.contains("LEVEL") && !body.contains("secrets") && !body.contains("SENTINEL"))
    }

    @Test("and gets back what can be read where the update fails")
    func rollback() throws {
        let (outcome, machine) = try apply([
            Self.shown("running"), Self.shown("running"), .answer("PUT \(Self.url)", 200, "{}"),
            Self.shown("updating", "b"), Self.shown("updateFailed", "b"), .answer("PUT \(Self.url)", 200, "{}"),
            Self.shown("updating", "c"), Self.shown("running", "c"),
        ]) { $0.rollsBack = true }
        #expect(outcome.failure?.code == .waveFailed)
        #expect(outcome.turns.first?.notRestored == ["secrets"])
        let body = try #require(machine.transport.sent[5].body)
        #expect(body.contains(#""env":{"LEVEL":"debug","OTHER":"x"}"#) && body.contains(#""maxReplica":1"#))
        #expect(!body.contains("SENTINEL"))
    }

    @Test("not while it is paused, and one that is scaled to zero is not woken")
    func asleep() throws {
        let (paused, _) = try apply([Self.shown("paused"), Self.shown("paused")])
        #expect(paused.failure == nil && paused.turns.first?.left.isEmpty == false)
        let looks = Array(repeating: Self.shown("scaledToZero"), count: 8)
        let (asleep, machine) = try apply(
            [Self.shown("scaledToZero"), Self.shown("scaledToZero"), .answer("PUT \(Self.url)", 200, "{}")] + looks)
        #expect(asleep.turns.first?.end == .healthy)
        #expect(machine.transport.sent.allSatisfy { $0.request.url.description == Self.url })
    }
}
