@testable import HFMintCore
import Testing

@Suite("a comparison of secrets that cannot be read")
struct FleetSecretComparisonTests {
    private static let ours = "9f31c2a47be0d85512aa03fe"
    private static let other = "000000000000000000000000"
    private static let time = "2026-11-21T03:04:05.123Z"

    /// What is at the Hub: a mark of generation 7, or no mark.
    private func seen(
        digest: String? = Self.ours, version: String? = nil, isMarked: Bool = true, updatedAt: String? = Self.time
    ) -> SecretState {
        let mark = SpaceMark(app: "apps/chat.json5", generation: 7, version: version, digest: digest)
        return SecretState(name: "KEY", description: isMarked ? mark.put(into: "text") : "text", updatedAt: updatedAt)
    }

    private func proof(
        digest: String? = Self.ours, version: String? = nil, generation: Int? = 7, updatedAt: String? = Self.time,
        problem: String? = nil
    ) -> ProofOfSecret {
        ProofOfSecret(
            digest: digest, version: version,
            lastWrite: generation.map { FleetRecord.Write(generation: $0, updatedAt: updatedAt) }, problem: problem)
    }

    private func difference(
        _ seen: SecretState?, _ proof: ProofOfSecret, sdk: String = "docker",
        origin: SecretDefinition.Origin = .reference(.file("key"), folder: "")
    ) throws -> Difference {
        let space = FleetSamples.space(secrets: [SecretDefinition(name: "KEY", origin: origin, version: proof.version)])
        let state = FleetSamples.state(sdk: sdk, secrets: .read(seen.map { [$0] } ?? []))
        let all = compare(space, state) { _ in proof }
        try #require(all.count == 1)
        #expect(all[0].path == "secrets.KEY" && all[0].before == nil && all[0].after == nil)
        return all[0]
    }

    private func verdict(_ seen: SecretState?, _ proof: ProofOfSecret) throws -> Verdict {
        let difference = try difference(seen, proof)
        #expect((difference.step == .write) == !difference.verdict.isSame)
        #expect(difference.restarts == (difference.step == .write))
        return difference.verdict
    }

    @Test("is the same where mark and time are those of this machine's last write")
    func same() throws {
        #expect(try verdict(seen(), proof()) == .same)
        // The Hub may show no time of what was written once.
        #expect(try verdict(seen(updatedAt: nil), proof(updatedAt: nil)) == .same)
        #expect(try verdict(seen(digest: nil, version: "3"), proof(digest: nil, version: "3")) == .same)
        #expect(try verdict(seen(digest: nil, version: "3"), proof(version: "3")) == .same)
        #expect(try verdict(seen(version: nil), proof(version: "3")) == .same)
    }

    @Test("is not proven where somebody may have put another value beside the mark")
    func notProven() throws {
        #expect(try verdict(seen(), proof(generation: nil)) == .sameNotProven)
        #expect(try verdict(seen(), proof(generation: 6)) == .sameNotProven)
        #expect(try verdict(seen(updatedAt: nil), proof()) == .sameNotProven)
        // A read that lags behind the own write.
        #expect(try verdict(seen(updatedAt: "2026-11-21T03:04:04.999Z"), proof()) == .sameNotProven)
        #expect(try verdict(seen(digest: nil, version: "3"), proof(version: "3", generation: nil)) == .sameNotProven)
        let blind = try difference(seen(), proof(digest: nil, problem: "KEY is not set"))
        #expect(blind.verdict == .sameNotProven && blind.reason == "KEY is not set")
        let keyless = try difference(seen(digest: nil), proof(digest: nil))
        #expect(keyless.verdict == .sameNotProven && keyless.reason.hasPrefix("nothing to compare"))
    }

    @Test(
        "was changed elsewhere where the Hub's time is later than this machine's write",
        arguments: ["2026-11-21T03:04:06Z", "2026-11-21T03:04:05.124Z", "2026-11-21T03:04:05Z", "soon"])
    func changedLater(updatedAt: String) throws {
        for generation in [7, 8] {
            #expect(try verdict(seen(updatedAt: updatedAt), proof(generation: generation)) == .changedElsewhere)
        }
        #expect(try verdict(seen(updatedAt: updatedAt), proof(updatedAt: nil)) == .changedElsewhere)
        // Another machine of ours wrote since.
        #expect(try verdict(seen(updatedAt: updatedAt), proof(generation: 6)) == .sameNotProven)
    }

    @Test("was changed elsewhere, or is foreign, where the mark is gone")
    func unmarked() throws {
        #expect(try verdict(seen(isMarked: false), proof()) == .changedElsewhere)
        let foreign = try difference(seen(isMarked: false), proof(generation: nil))
        #expect(foreign.verdict == .foreign && foreign.isDrift && foreign.irreversible != nil)
    }

    @Test("is different where source or version is another one")
    func different() throws {
        #expect(try verdict(seen(digest: Self.other), proof()) == .different)
        #expect(try verdict(seen(digest: Self.other), proof(generation: nil)) == .different)
        #expect(try verdict(seen(digest: nil), proof()) == .different)
        #expect(try verdict(seen(version: "2"), proof(version: "3")) == .different)
        #expect(try verdict(seen(digest: nil, version: "2"), proof(digest: nil, version: "3")) == .different)
        #expect(try verdict(seen(digest: nil), proof(digest: nil, version: "3")) == .different)
    }

    @Test("is missing where the Hub does not have it, whatever is remembered")
    func missing() throws {
        let difference = try difference(nil, proof())
        #expect(difference.verdict == .missing && difference.step == .write && difference.irreversible == nil)
    }

    @Test("is left to the rotation that writes it")
    func rotations() throws {
        let there = try difference(seen(isMarked: false), proof(), origin: .rotation("hub"))
        #expect(there.verdict == .sameNotProven && there.reason == "the rotation 'hub' writes it")
        let missing = try difference(nil, proof(), origin: .rotation("hub"))
        #expect(missing.verdict == .missing && missing.step == .refused("the rotation 'hub' writes it"))
    }

    @Test("is never written to a static Space")
    func staticSpaces() throws {
        for state in [nil, seen(digest: Self.other), seen(isMarked: false)] {
            let difference = try difference(state, proof(), sdk: "static")
            #expect(difference.step == .refused("a static Space hands its secrets to every browser"))
            #expect(difference.isDrift)
        }
        #expect(try difference(seen(), proof(), sdk: "static").step == .nothing)
    }

    @Test("finds what hfmint wrote and the manifest no longer names, and nothing that others wrote")
    func strangers() {
        let marks = [
            ("OURS", SpaceMark(app: "apps/chat.json5", generation: 1)), ("THEIRS", SpaceMark(app: "b", generation: 1)),
        ]
        let secrets =
            marks.map { SecretState(name: $0.0, description: $0.1.put(into: nil), updatedAt: Self.time) }
            + [SecretState(name: "PLAIN", description: "[hfmint 1 apps/chat.json5]")]
        let state = FleetSamples.state(secrets: .read(secrets))
        func found(_ space: SpaceDefinition) -> [Difference] { compare(space, state) { _ in ProofOfSecret() } }
        let all = found(FleetSamples.space())
        #expect(all.allSatisfy { $0.verdict == .foreign && !$0.isDrift })
        #expect(all.map(\.step) == [.prune, .nothing, .nothing])
        #expect(all[0].irreversible == "its value is lost" && all[0].updatedAt == Self.time && all[0].restarts)
        #expect(found(FleetSamples.space(isProtected: true)).map(\.step) == [.nothing, .nothing, .nothing])
        #expect(found(FleetSamples.space(ignored: ["secrets.OURS"])).map(\.step) == [.nothing, .nothing])
    }

    @Test("of an endpoint is by its tags")
    func endpoints() throws {
        let mark = SpaceMark(app: "hfmint.json5", generation: 7, digest: Self.ours)
        func found(_ state: EndpointState, _ proof: ProofOfSecret) throws -> Difference {
            let endpoint = FleetSamples.endpoint(secrets: [FleetSamples.secret("KEY"), FleetSamples.secret("TWO")])
            let all = compare(endpoint, .there(state)) { proof }
            try #require(all.count == 1)
            return all[0]
        }
        func state(_ digest: String = Self.ours, updatedAt: String? = Self.time, names: [String]? = nil)
            -> EndpointState
        {
            let mark = SpaceMark(app: "hfmint.json5", generation: 7, digest: digest)
            return EndpointState(
                state: "running", updatedAt: updatedAt, secretNames: names, tags: mark.put(intoTags: ["mine"]))
        }
        #expect(try found(state(), proof()).verdict == .same)
        // Its time moves with every change, so that a later one says nothing of the secrets.
        #expect(try found(state(updatedAt: "2026-11-22T00:00:00Z"), proof()).verdict == .sameNotProven)
        #expect(try found(state(Self.other), proof()).verdict == .different)
        let lacking = try found(state(names: ["KEY"]), proof())
        #expect(lacking.verdict == .missing && lacking.step == .write && lacking.reason == "it has no TWO")
        #expect(try found(EndpointState(state: "paused"), proof(generation: nil)).verdict == .foreign)
        let more = try found(state(Self.other, names: ["KEY", "TWO", "THEIRS"]), proof())
        #expect(more.step == .refused("all are written together, and the manifest does not write THEIRS"))
        #expect(try found(state(Self.other), proof()).irreversible?.contains("does not name them") == true)
        #expect(mark.put(intoTags: ["mine"]) == state().tags)
    }

    @Test(
        "of an endpoint takes away no secret that is ignored, whether it is shown or not",
        arguments: [nil, ["KEY", "TWO"]] as [[String]?])
    func ignoredSecret(names: [String]?) throws {
        let endpoint = FleetSamples.endpoint(
            secrets: [FleetSamples.secret("KEY"), FleetSamples.secret("TWO")], ignored: ["secrets.TWO"])
        let all = compare(endpoint, .there(EndpointState(state: "running", secretNames: names))) { proof() }
        #expect(all.count == 1)
        #expect(all[0].step == .refused("all are written together, and the manifest does not write TWO"))
    }

    @Test("of an endpoint's settings shows what is deployed anew")
    func endpointSettings() {
        let endpoint = FleetSamples.endpoint(
            environment: [Entry(name: "A", value: "1")], minReplica: 1, scaleToZeroMinutes: 15, revision: "abc",
            ignored: ["scaling.scaleToZero"])
        let state = EndpointState(
            state: "failed", environment: [Entry(name: "B", value: "2")], minReplica: 0, scaleToZeroMinutes: 0,
            revision: "abc")
        let all = compare(endpoint, .there(state)) { ProofOfSecret() }
        #expect(all.map(\.path) == ["state", "scaling.min", "revision", "env.A", "env.B"])
        #expect(all.map(\.verdict) == [.different, .different, .same, .missing, .foreign])
        #expect(all[0].step == .refused("hfmint makes no endpoints anew"))
        #expect(all[1].step == .write && all[1].restarts)
        for reading in [.missing, .unreadable("answered 500")] as [EndpointReading] {
            let all = compare(endpoint, reading) { ProofOfSecret() }
            #expect(all.count == 1 && all[0].step != .write && all[0].isDrift)
        }
    }
}
