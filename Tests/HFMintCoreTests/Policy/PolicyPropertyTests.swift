import HFMintCore
import HFMintTesting
import Testing

/// What must hold of every manifest: made at random, from a seed that a failure names.
@Suite("properties of roles and grants")
struct PolicyPropertyTests {
    /// A small world, so that grants and tokens meet often.
    private struct World {
        var random: SeededRandom
        static let claimNames = ["repository", "ref", "environment", "event_name"]
        static let values = ["a", "b", "A", "a ", "ab"]
        static let resources = ["acme/one", "acme/two", "datasets/acme/one", "datasets/acme/two", "acme-bot"]
        static let patterns = resources + ["acme/*", "datasets/acme/*"]

        init(seed: UInt64) { random = SeededRandom(seed: seed) }

        mutating func pick<Element>(_ list: [Element]) -> Element { list[Int(random.next() % UInt64(list.count))] }

        mutating func some<Element>(of list: [Element]) -> [Element] {
            let chosen = list.filter { _ in random.next() % 2 == 0 }
            return chosen.isEmpty ? [pick(list)] : chosen
        }

        mutating func role(_ name: String) -> String {
            let patterns = some(of: Self.patterns).map { "'\($0)'" }.joined(separator: ", ")
            return "\(name): { access: '\(pick(["read", "write"]))', resources: [\(patterns)] }"
        }

        mutating func claims() -> [(String, String)] { some(of: Self.claimNames).map { ($0, pick(Self.values)) } }

        mutating func grant(_ index: Int) -> String {
            TestPolicy.grant(pick(["x", "y", "z"]), claims(), name: "g\(index)")
        }

        mutating func grants() -> [String] { (0..<Int(1 + random.next() % 8)).map { grant($0) } }

        mutating func roles() -> String { ["x", "y", "z"].map { role($0) }.joined(separator: ", ") }

        mutating func token() throws -> Claims {
            var fields: [String: ClaimValue] = ["iss": .string(TestPolicy.gitHub)]
            for name in Self.claimNames where random.next() % 5 > 0 { fields[name] = .string(pick(Self.values)) }
            return try testClaims(fields)
        }
    }

    /// Whether any role lets these claims have the resource, and which.
    private static func roles(_ policy: Policy, _ claims: Claims, _ resource: Resource) -> Set<String> {
        Set(
            policy.roles.filter { role in
                guard case .allowed = try? policy.decide(role: role.name, resource: resource, claims: claims) else {
                    return false
                }
                return true
            }.map(\.name))
    }

    private static let seeds = Array(1...60 as ClosedRange<UInt64>)
    private static var resources: [Resource] {
        get throws { try World.resources.map { try #require(try TestPolicy.resource($0)) } }
    }

    @Test("to remove a grant never widens", arguments: seeds)
    func removingNeverWidens(seed: UInt64) throws {
        var world = World(seed: seed)
        let (roles, grants) = (world.roles(), world.grants())
        let all = try TestPolicy.policy(TestPolicy.root(roles: roles, grants: grants))
        let removed = Int(world.random.next() % UInt64(grants.count))
        var fewer = grants
        fewer.remove(at: removed)
        let rest = try TestPolicy.policy(TestPolicy.root(roles: roles, grants: fewer))
        for _ in 0..<20 {
            let token = try world.token()
            for resource in try Self.resources {
                let (before, after) = (Self.roles(all, token, resource), Self.roles(rest, token, resource))
                #expect(after.isSubset(of: before), "seed \(seed)")
            }
        }
    }

    @Test("the order of grants changes nobody's access", arguments: seeds)
    func orderNeverMatters(seed: UInt64) throws {
        var world = World(seed: seed)
        let (roles, grants) = (world.roles(), world.grants())
        let one = try TestPolicy.policy(TestPolicy.root(roles: roles, grants: grants))
        let other = try TestPolicy.policy(TestPolicy.root(roles: roles, grants: grants.shuffled(using: &world.random)))
        for _ in 0..<20 {
            let token = try world.token()
            for resource in try Self.resources {
                #expect(Self.roles(one, token, resource) == Self.roles(other, token, resource), "seed \(seed)")
                let decisions = try [one, other].map { try $0.decide(role: nil, resource: resource, claims: token) }
                #expect(decisions[0].kind == decisions[1].kind, "seed \(seed)")
            }
        }
    }

    @Test("an app never widens: whatever it gives, its parent gives", arguments: seeds)
    func appsNeverWiden(seed: UInt64) throws {
        var world = World(seed: seed)
        let (roles, grants) = (world.roles(), world.grants())
        let alone = try TestPolicy.policy(TestPolicy.root(roles: roles, grants: grants))
        let root = TestPolicy.root(roles: roles, grants: grants, apps: ["app/hfmint.json5"])
        var tried = 0
        for attempt in 0..<40 {
            let given = world.pick(alone.grants)
            let kept = given.claims.map {
                (String(decoding: $0.name, as: UTF8.self), String(decoding: $0.value, as: UTF8.self))
            }
            let more = world.claims().filter { claim in !kept.contains { $0.0 == claim.0 } }
            // The first is an app as it should be. Then whatever somebody writes: most of that is refused.
            let isGood = attempt == 0
            let extended = isGood ? given.role : world.pick(["x", "y", "z"])
            let covered = alone.role(given.role)?.patterns.map(\.text) ?? []
            let patterns = world.some(of: isGood ? covered : World.patterns).map { "'\($0)'" }.joined(separator: ", ")
            let claims = isGood ? kept + more : world.pick([kept, kept + more, world.claims()])
            let access = isGood ? "read" : world.pick(["read", "write"])
            let app = TestPolicy.app(
                roles:
                    "mine: { extends: '\(extended)', access: '\(access)', resources: [\(patterns)] }",
                grants: [TestPolicy.grant("mine", claims, extends: given.name)])
            guard
                let policy = try? TestPolicy.policy(
                    root, beside: ["/m/app/hfmint.json5": app], named: "/m/app/hfmint.json5")
            else { continue }
            tried += 1
            // With the app listed, the parent decides as it did without.
            #expect(try TestPolicy.policy(root).grants == alone.grants)
            for _ in 0..<20 {
                let token = try world.token()
                for resource in try Self.resources where !Self.roles(policy, token, resource).isEmpty {
                    #expect(Self.roles(alone, token, resource).contains(extended), "seed \(seed)")
                    let wide = try #require(alone.role(extended)), narrow = try #require(policy.role("mine"))
                    #expect(narrow.access <= wide.access, "seed \(seed)")
                }
            }
        }
        // A test of refused apps alone would say nothing.
        #expect(tried > 0, "seed \(seed)")
    }
}

extension Decision {
    /// What it is, without which grant it came from.
    fileprivate var kind: String {
        switch self {
        case .allowed(let allowed): "allowed \(allowed.role.name)"
        case .ambiguous(let roles): "ambiguous \(roles)"
        case .denied(let denied): "denied \(denied.reason)"
        }
    }
}
