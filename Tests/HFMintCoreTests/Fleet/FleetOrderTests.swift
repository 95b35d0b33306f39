@testable import HFMintCore
import Testing

@Suite("the order of a fleet")
struct FleetOrderTests {
    private func waves(
        _ spaces: [SpaceDefinition], _ endpoints: [EndpointDefinition] = []
    ) throws -> [[String]] { try FleetOrder.waves(of: FleetSamples.fleet(spaces, endpoints)) }

    @Test("is by name where nothing waits, in one wave")
    func names() throws {
        #expect(try waves([]) == [])
        let spaces = ["c", "a", "b"].map { FleetSamples.space($0) }
        #expect(try waves(spaces) == [["spaces/acme/a", "spaces/acme/b", "spaces/acme/c"]])
    }

    @Test("is by what each waits for, then by its wave")
    func graph() throws {
        let spaces = [
            FleetSamples.space("first", after: ["endpoints/acme/scorer"]), FleetSamples.space("alone"),
            FleetSamples.space("last", after: ["spaces/acme/first", "spaces/acme/elsewhere"]),
            FleetSamples.space("later", wave: 1), FleetSamples.space("sooner", wave: -1),
        ]
        #expect(
            try waves(spaces, [FleetSamples.endpoint()]) == [
                ["spaces/acme/sooner"], ["endpoints/acme/scorer", "spaces/acme/alone"], ["spaces/acme/first"],
                ["spaces/acme/last"], ["spaces/acme/later"],
            ])
    }

    @Test("follows 'after' where 'wave' says something else")
    func disagreement() throws {
        let spaces = [FleetSamples.space("a", after: ["spaces/acme/b"]), FleetSamples.space("b", wave: 2)]
        #expect(
            try waves(spaces + [FleetSamples.space("c", wave: 2)]) == [
                ["spaces/acme/b", "spaces/acme/c"], ["spaces/acme/a"],
            ])
    }

    @Test("has a Space wait for the Space whose files it mounts, and not for itself")
    func volumes() throws {
        let spaces = [
            FleetSamples.space(
                "a",
                volumes: [
                    Volume(type: "space", source: "acme/b", mountPath: "/b"),
                    Volume(type: "space", source: "acme/a", mountPath: "/a"),
                    Volume(type: "dataset", source: "acme/c", mountPath: "/c"),
                ]), FleetSamples.space("b"), FleetSamples.space("c"),
        ]
        #expect(try waves(spaces) == [["spaces/acme/b", "spaces/acme/c"], ["spaces/acme/a"]])
    }

    @Test("is refused where some wait for each other, and names them")
    func circles() {
        let spaces = [
            FleetSamples.space("x", after: ["spaces/acme/a"]), FleetSamples.space("a", after: ["spaces/acme/b"]),
            FleetSamples.space("b", after: ["endpoints/acme/e"]), FleetSamples.space("free"),
        ]
        let error = #expect(throws: MintError.self) {
            try waves(spaces, [FleetSamples.endpoint("e", after: ["spaces/acme/a"])])
        }
        #expect(error?.code == .manifestInvalid)
        #expect(
            error?.message
                == "the fleet's order is a circle:"
                + " spaces/acme/a after spaces/acme/b after endpoints/acme/e after spaces/acme/a")
        #expect(error?.details.count == 3 && error?.details.first == "hfmint.json5, line 7: spaces/acme/a")
        let own = #expect(throws: MintError.self) {
            try waves([FleetSamples.space("a", after: ["spaces/acme/a"])])
        }
        #expect(own?.message == "the fleet's order is a circle: spaces/acme/a after spaces/acme/a")
    }

    @Test("does not care how the manifest is written", arguments: [1, 7, 300])
    func chains(count: Int) throws {
        let spaces = (0..<count).map { index in
            FleetSamples.space("s\(index)", after: index == 0 ? [] : ["spaces/acme/s\(index - 1)"])
        }
        let expected = spaces.map { [$0.resource.canonical] }
        #expect(try waves(spaces) == expected)
        #expect(try waves(spaces.reversed()) == expected)
    }
}
