@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("plans of a fleet")
struct FleetPlanTests {
    private let now = FrozenClock.usualNow

    private func difference(
        _ resource: String, _ path: String, _ verdict: Verdict = .different, _ step: Difference.Step = .write,
        before: String? = nil, after: String? = nil, updatedAt: String? = nil
    ) -> Difference {
        Difference(
            resource: resource, path: path, verdict: verdict, before: before, after: after, step: step,
            restarts: step == .write, updatedAt: updatedAt)
    }

    private func plan(
        _ differences: [Difference], fleet: FleetDefinition? = nil, on endpoint: Origin = .huggingFace,
        app: String? = nil, pruning: Int? = nil, after seconds: Int = 0
    ) throws -> FleetPlan {
        let spaces = [FleetSamples.space("b"), FleetSamples.space("a", after: ["spaces/acme/b"])]
        return try FleetPlan(
            differences, of: fleet ?? FleetSamples.fleet(spaces), on: endpoint, app: app, pruning: pruning,
            at: now + seconds)
    }

    private var someDifferences: [Difference] {
        [
            difference("spaces/acme/a", "variables.K", before: "1\u{1B}[31m</script>", after: "=1+\u{202E}2"),
            difference("spaces/acme/a", "secrets.KEY", .missing),
            difference("spaces/acme/b", "hardware", before: "cpu-basic", after: "t4-small"),
            difference("spaces/acme/b", "sleep", .same, .nothing),
            difference("spaces/acme/b", "secrets.OLD", .foreign, .prune, updatedAt: "2026-01-01T00:00:00Z"),
            difference("spaces/acme/b", "secrets.S", .missing, .refused("it is static")),
        ]
    }

    @Test("have the changes in order, and say what is not changed")
    func changes() throws {
        let plan = try plan(someDifferences, pruning: 1)
        #expect(
            plan.changes.map(\.name) == [
                "spaces/acme/b hardware", "spaces/acme/a variables.K", "spaces/acme/a secrets.KEY",
                "spaces/acme/b secrets.OLD",
            ])
        #expect(plan.changes.map(\.step) == [.write, .write, .write, .prune])
        #expect(plan.changes[3].updatedAt == "2026-01-01T00:00:00Z")
        #expect(plan.waves == [["spaces/acme/b"], ["spaces/acme/a"]])
        #expect(plan.refused == ["spaces/acme/b secrets.S is not written: it is static"])
        #expect(plan.changes.map(\.restarts) == [true, true, true, false])
        #expect(plan.hasChanges && !plan.isPartial && plan.expiresAt == now + 3_600)
        let nothing = try self.plan([difference("spaces/acme/b", "sleep", .same, .nothing)])
        #expect(!nothing.hasChanges)
    }

    @Test("delete only what the user asked for, within the limit, and after everything was read")
    func pruning() throws {
        #expect(try plan(someDifferences).changes.allSatisfy { $0.step == .write })
        #expect(try plan(someDifferences).refused.count == 1)
        let limited = try plan(someDifferences, pruning: 0)
        #expect(limited.changes.allSatisfy { $0.step == .write })
        #expect(limited.refused.last == "nothing is deleted: 1 would be, and 0 may be")
        let unread = difference("spaces/acme/a", "", .unreadable, .nothing)
        let partial = try plan(someDifferences + [unread], pruning: 10)
        #expect(partial.isPartial && partial.changes.count == 3 && partial.changes.allSatisfy { $0.step == .write })
        #expect(partial.refused.last == "nothing is deleted, as not everything could be read")
        let unlisted = try FleetPlan(
            someDifferences, unlisted: ["the Spaces of acme: answered 402"], of: FleetSamples.fleet([]),
            on: .huggingFace, pruning: 10, at: now)
        #expect(unlisted.isPartial && unlisted.changes.allSatisfy { $0.step == .write })
    }

    @Test("are read as they were written", arguments: [true, false])
    func roundTrip(isFull: Bool) throws {
        let fleet = isFull ? nil : FleetSamples.fleet([], organization: nil)
        let plan = try plan(
            isFull ? someDifferences : [], fleet: fleet, app: isFull ? "chat" : nil, pruning: isFull ? 3 : nil)
        let text = plan.rendered()
        #expect(try FleetPlan(parsing: text) == plan)
        #expect(plan.id.utf8.isHexadecimal(count: 32))
        #expect(text.filter { $0 < 0x20 || $0 > 0x7E } == [ASCII.lineFeed])
        let words = String(decoding: text, as: UTF8.self)
        #expect(words.contains("\"has_changes\":\(isFull)") && words.contains(plan.id))
    }

    @Test("are refused with one byte changed, added or taken away")
    func changed() throws {
        let text = try plan([difference("spaces/acme/b", "variables.K", before: "1", after: "2")]).rendered()
        for index in text.indices {
            var other = text
            other[index] = other[index] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
            #expect(throws: Malformed.self, "byte \(index)") { try FleetPlan(parsing: other) }
            other.remove(at: index)
            #expect(throws: Malformed.self, "without byte \(index)") { try FleetPlan(parsing: other) }
        }
        for end in ["\n", " ", "x", "{}"] {
            #expect(throws: Malformed.self) { try FleetPlan(parsing: text + Array(end.utf8)) }
        }
    }

    @Test(
        "are refused if they are anything else",
        arguments: [
            "", "null", "[]", "{}", #"{"hfmint_plan":1}"#, #"{"hfmint_plan":2,"id":"x"}"#, #"{"hfmint_plan":"1"}"#,
            #"{"hfmint_plan":1,"hfmint_plan":1}"#, "\u{FEFF}{}", String(repeating: "[", count: 100),
        ])
    func others(text: String) {
        #expect(throws: Malformed.self) { try FleetPlan(parsing: Array(text.utf8)) }
    }

    @Test("are refused with a change twice, though they are rightly spelled")
    func twice() throws {
        let one = difference("spaces/acme/b", "variables.K", before: "1", after: "2")
        let error = #expect(throws: Malformed.self) {
            try FleetPlan(parsing: try plan([one, one]).rendered())
        }
        #expect(error?.reason == "it has a change twice")
    }

    @Test("are not stale where the same plan would be made again, for an hour")
    func fresh() throws {
        let saved = try plan(someDifferences, pruning: 2)
        #expect(saved.staleness(against: saved) == [])
        #expect(saved.staleness(against: try plan(someDifferences, pruning: 2, after: 3_599)) == [])
        #expect(saved.staleness(against: try plan(someDifferences, pruning: 2, after: -300)) == [])
        let expired = saved.staleness(against: try plan(someDifferences, pruning: 2, after: 3_600))
        #expect(expired == ["the plan expired at \((now + 3_600).rfc3339)"])
        #expect(saved.staleness(against: try plan(someDifferences, pruning: 2, after: -301)).count == 1)
        // Who applies it may remember the write of which the planner knew nothing.
        var differences = someDifferences
        differences[0].verdict = .changedElsewhere
        #expect(saved.staleness(against: try plan(differences, pruning: 2)) == [])
    }

    @Test("are stale where somebody has changed what they change, and say what")
    func moved() throws {
        let saved = try plan(someDifferences, pruning: 2)
        var differences = someDifferences
        differences[0].before = "3"
        differences[1].verdict = .foreign
        differences[2].step = .nothing
        differences[4].updatedAt = "2026-02-02T00:00:00Z"
        differences.append(difference("spaces/acme/a", "variables.NEW", .missing, after: "1"))
        #expect(
            saved.staleness(against: try plan(differences, pruning: 2)) == [
                "spaces/acme/b hardware: there is nothing to set any more",
                "spaces/acme/a variables.K: it was 1\u{1B}[31m</script>, and is 3 now",
                "spaces/acme/a secrets.KEY: it was missing, and is foreign now",
                "spaces/acme/b secrets.OLD: it was written at 2026-02-02T00:00:00Z, after the plan was made",
                "spaces/acme/a variables.NEW: it was not to be set when the plan was made",
            ])
    }

    @Test("are stale for another Hub, organization, manifest or app, and where less can be read")
    func elsewhere() throws {
        let saved = try plan(someDifferences)
        let spaces = [FleetSamples.space("b"), FleetSamples.space("a", after: ["spaces/acme/b"])]
        let hub = try #require(Origin("https://hub.example".utf8))
        #expect(saved.staleness(against: try plan(someDifferences, on: hub)).count == 1)
        #expect(saved.staleness(against: try plan(someDifferences, app: "chat")).count == 1)
        for fleet in [
            FleetSamples.fleet(spaces, organization: "other"), FleetSamples.fleet(spaces, organization: nil),
            FleetSamples.fleet(spaces, digest: "d2"),
            FleetSamples.fleet(spaces, endpointsURL: "https://endpoints.example"),
        ] {
            #expect(saved.staleness(against: try plan(someDifferences, fleet: fleet)).count == 1)
        }
        var unread = difference("spaces/acme/b", "variables", .unreadable, .nothing)
        unread.reason = "answered 500"
        #expect(
            saved.staleness(against: try plan(someDifferences + [unread])) == ["spaces/acme/b variables: answered 500"])
    }
}
