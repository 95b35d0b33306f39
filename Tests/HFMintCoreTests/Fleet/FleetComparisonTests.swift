@testable import HFMintCore
import Testing

@Suite("a comparison with a Space")
struct FleetComparisonTests {
    private func differences(_ space: SpaceDefinition, _ state: SpaceState) -> [Difference] {
        compare(space, state) { _ in ProofOfSecret() }
    }

    /// The only one.
    private func difference(_ space: SpaceDefinition, _ state: SpaceState) throws -> Difference {
        let all = differences(space, state)
        try #require(all.count == 1, "\(all)")
        return all[0]
    }

    @Test("says nothing of what the manifest does not manage")
    func unmanaged() {
        let state = FleetSamples.state(
            sleep: .never, visibility: .public, volumes: [Volume(type: "model", source: "a/b", mountPath: "/m")])
        #expect(differences(FleetSamples.space(), state).isEmpty)
    }

    @Test("shows a setting's two values, and whether its write restarts the app")
    func settings() throws {
        let wanted = FleetSamples.space(hardware: "t4-small", visibility: .public)
        let all = differences(wanted, FleetSamples.state(hardware: "a-new-flavour"))
        #expect(all.map(\.path) == ["hardware", "visibility"])
        #expect(all.allSatisfy { $0.verdict == .different && $0.step == .write && $0.isDrift })
        #expect(all[0].before == "a-new-flavour" && all[0].after == "t4-small" && all[0].restarts)
        #expect(all[0].irreversible == nil && all[1].irreversible != nil && !all[1].restarts)
        let narrower = try difference(FleetSamples.space(visibility: .private), FleetSamples.state(visibility: .public))
        #expect(narrower.step == .write && narrower.irreversible == nil)
        let same = differences(wanted, FleetSamples.state(hardware: "t4-small", visibility: .public))
        #expect(same.allSatisfy { $0.verdict == .same && $0.step == .nothing && !$0.isDrift })
    }

    @Test("does not write a setting that the Hub does not show")
    func hidden() {
        let wanted = FleetSamples.space(hardware: "t4-small", visibility: .private)
        let all = differences(wanted, FleetSamples.state(hardware: nil, visibility: nil))
        #expect(all.map(\.verdict) == [.unreadable, .unreadable])
        #expect(all.allSatisfy { $0.step == .nothing })
    }

    @Test(
        "takes every sleep on cpu-basic for the one that it has",
        arguments: [nil, .never, .seconds(172_800), .seconds(300)] as [Sleep?])
    func basicSleep(seen: Sleep?) throws {
        for wanted in [.never, .seconds(172_800), .seconds(60)] as [Sleep] {
            let difference = try difference(FleetSamples.space(sleep: wanted), FleetSamples.state(sleep: seen))
            #expect(difference.verdict == .same)
        }
    }

    @Test("takes a sleep that is not set for never on other hardware")
    func sleep() throws {
        let state = FleetSamples.state(hardware: "t4-small", sleep: nil)
        #expect(try difference(FleetSamples.space(sleep: .never), state).verdict == .same)
        let hour = try difference(FleetSamples.space(sleep: .seconds(3_600)), state)
        #expect(hour.verdict == .different && hour.before == "never" && hour.after == "3600 s" && !hour.restarts)
        // The hardware that will be there counts.
        let moved = differences(
            FleetSamples.space(hardware: "t4-small", sleep: .seconds(3_600)), FleetSamples.state(sleep: nil))
        #expect(moved.map(\.step) == [.write, .write])
        let back = differences(
            FleetSamples.space(hardware: "cpu-basic", sleep: .seconds(3_600)),
            FleetSamples.state(hardware: "t4-small", sleep: .never))
        #expect(back.map(\.step) == [.write, .nothing])
    }

    @Test("takes a volume's defaults for what the Hub writes out, in any order")
    func volumes() throws {
        let wanted = [
            Volume(type: "dataset", source: "a/d", mountPath: "/d"),
            Volume(type: "bucket", source: "a/b", mountPath: "/b"),
        ]
        let seen = [
            Volume(type: "bucket", source: "a/b", mountPath: "/b", isReadOnly: false, path: ""),
            Volume(type: "dataset", source: "a/d", mountPath: "/d", revision: "main", isReadOnly: true),
        ]
        let space = FleetSamples.space(volumes: wanted)
        #expect(try difference(space, FleetSamples.state(volumes: seen)).verdict == .same)
        let fewer = try difference(space, FleetSamples.state(volumes: [seen[0]]))
        #expect(fewer.verdict == .different && fewer.step == .write && fewer.restarts)
        #expect(fewer.before == "/b: bucket a/b")
        #expect(fewer.after == "/b: bucket a/b, /d: dataset a/d@main, read-only")
        let none = try difference(space, FleetSamples.state(volumes: []))
        #expect(none.verdict == .missing && none.before == "none")
        let hidden = try difference(space, FleetSamples.state(volumes: nil))
        #expect(hidden.verdict == .unreadable && hidden.step == .nothing)
        let emptied = try difference(FleetSamples.space(volumes: []), FleetSamples.state(volumes: seen))
        #expect(emptied.verdict == .different && emptied.after == "none")
        #expect(try difference(FleetSamples.space(volumes: []), FleetSamples.state(volumes: [])).verdict == .same)
        // The same volume twice is not the same list.
        let twice = try difference(
            FleetSamples.space(volumes: [wanted[1]]), FleetSamples.state(volumes: [seen[0], seen[0]]))
        #expect(twice.verdict == .different)
    }

    @Test("does not call a volume changed whose source the Hub hides, and says so")
    func maskedVolumes() throws {
        let space = FleetSamples.space(volumes: [Volume(type: "dataset", source: "a/d", mountPath: "/d")])
        let masked = Volume(type: "dataset", source: "****/******", mountPath: "/d", revision: "other")
        let same = try difference(space, FleetSamples.state(volumes: [masked]))
        #expect(same.verdict == .sameNotProven && same.step == .nothing && !same.isDrift)
        #expect(same.reason == "the Hub hides the source of 1 from this credential")
        let elsewhere = Volume(type: "dataset", source: "****/******", mountPath: "/e")
        let different = try difference(space, FleetSamples.state(volumes: [elsewhere]))
        #expect(different.verdict == .different && different.irreversible != nil)
    }

    @Test("shows variables with both values, and leaves alone what the manifest does not name")
    func variables() {
        let wanted = ["SAME", "OTHER", "GONE", "NFC"].map { Entry(name: $0, value: $0 == "NFC" ? "\u{E9}" : "1") }
        let seen = [
            VariableState(name: "SAME", value: "1"), VariableState(name: "OTHER", value: "2\u{1B}[31m"),
            VariableState(name: "NFC", value: "e\u{301}"), VariableState(name: "same", value: "1"),
        ]
        let all = differences(FleetSamples.space(variables: wanted), FleetSamples.state(variables: .read(seen)))
        #expect(all.map(\.path) == ["SAME", "OTHER", "GONE", "NFC", "same"].map { "variables.\($0)" })
        #expect(all.map(\.verdict) == [.same, .different, .missing, .different, .foreign])
        #expect(all.map(\.step) == [.nothing, .write, .write, .write, .nothing])
        #expect(all.map(\.isDrift) == [false, true, true, true, false])
        #expect(all[1].before == "2\u{1B}[31m" && all[1].after == "1" && all[1].restarts)
        #expect(all[2].before == nil)
    }

    @Test("does not write a token where everybody reads it")
    func publicToken() throws {
        let token = "hf_" + String(repeating: "x", count: 34)
        let space = FleetSamples.space(variables: [Entry(name: "K", value: token)])
        let difference = try difference(space, FleetSamples.state())
        #expect(difference.step == .refused("its value looks like a token, and everybody reads it"))
        #expect(difference.after == "[redacted]")
    }

    @Test("is unreadable where variables or secrets could not be read, and only where they are managed")
    func unreadable() throws {
        let state = FleetSamples.state(
            variables: .unreadable("answered 403"), secrets: .unreadable("answered 404"))
        let space = FleetSamples.space(
            variables: [Entry(name: "K", value: "1")], secrets: [FleetSamples.secret("S")])
        let all = differences(space, state)
        #expect(all.map(\.path) == ["variables", "secrets"])
        #expect(all.map(\.reason) == ["answered 403", "answered 404"])
        #expect(all.allSatisfy { $0.verdict == .unreadable && $0.step == .nothing && $0.isDrift })
        #expect(differences(FleetSamples.space(), state).isEmpty)
    }

    @Test("does not show what is ignored, by its name or by its kind")
    func ignored() throws {
        let space = FleetSamples.space(
            hardware: "t4-small", variables: [Entry(name: "K", value: "1"), Entry(name: "KEY", value: "1")],
            secrets: [FleetSamples.secret("S")], ignored: ["hardware", "variables.K", "secrets", "devMode"])
        let state = FleetSamples.state(
            variables: .read([VariableState(name: "K", value: "2")]),
            secrets: .read([SecretState(name: "T")]), isInDevMode: true)
        let difference = try difference(space, state)
        #expect(difference.path == "variables.KEY")
    }

    @Test("shows dev mode and hot reloading, and writes nothing to a Space in dev mode")
    func modes() {
        let space = FleetSamples.space(hardware: "t4-small")
        let state = FleetSamples.state(
            secrets: .read([
                SecretState(name: "OLD", description: SpaceMark(app: space.app, generation: 1).put(into: nil))
            ]), isInDevMode: true, isHotReloading: true)
        let all = differences(space, state)
        #expect(all.map(\.path) == ["devMode", "hotReloading", "hardware", "secrets.OLD"])
        #expect(all[0].isDrift && all[1].isDrift)
        #expect(all[2].step == .refused("the Space is in dev mode") && all[3].step == all[2].step)
        let reloaded = differences(space, FleetSamples.state(isHotReloading: true))
        #expect(reloaded.map(\.step) == [.nothing, .write])
    }

    @Test("writes nothing where there is no Space, or another one, or an answer that says nothing")
    func noSpace() throws {
        let readings: [(SpaceReading, Verdict)] = [
            (.missing, .missing), (.unreadable("answered 401"), .unreadable), (.renamed("acme/other"), .unreadable),
        ]
        for (reading, verdict) in readings {
            let all = compare(FleetSamples.space(hardware: "t4-small"), reading) { _ in ProofOfSecret() }
            #expect(all.count == 1 && all[0].verdict == verdict && all[0].step != .write && all[0].path.isEmpty)
        }
        let state = FleetSamples.state()
        let there = compare(FleetSamples.space(hardware: "t4-small"), .there(state)) { _ in ProofOfSecret() }
        #expect(there == differences(FleetSamples.space(hardware: "t4-small"), state))
    }
}
