import HFMintCore
import HFMintTesting
import Testing

/// `Tests/Policy/truth-table.jsonl`: an ID token a line, and what `truth-table.json5` beside it says to that.
@Suite("truth table of grants and ID tokens")
struct TruthTableTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: JSONText
        var testDescription: String { string("title") ?? "?" }

        func string(_ name: String) -> String? {
            text.string(text.root[name]).map { String(decoding: $0, as: UTF8.self) }
        }

        func strings(_ name: String) -> [String] {
            (text.root[name]?.elements ?? []).compactMap { text.string($0).map { String(decoding: $0, as: UTF8.self) } }
        }

        var claims: Claims? {
            text.root["claims"].flatMap { try? JSONText(Array(text.bytes[$0.range])) }.map { Claims($0) }
        }

        /// What the row expects, in one word a fact.
        var expected: [String] {
            switch string("is") {
            case "allowed": ["allowed", string("as") ?? "", string("grant") ?? ""]
            case "denied": ["denied", string("nearest") ?? ""] + strings("differs")
            case "ambiguous": ["ambiguous"] + strings("roles")
            case let other: [other ?? "nothing"]
            }
        }
    }

    static let rows: [Row] = {
        let bytes = (try? Checkout.bytes("Tests/Policy/truth-table.jsonl")) ?? []
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { try? JSONText(Array($0)) }.map { Row(text: $0) }
    }()

    private static func policy() throws -> Policy {
        try TestPolicy.policy(Checkout.text("Tests/Policy/truth-table.json5"))
    }

    static func words(_ policy: Policy, _ row: Row) throws -> [String] {
        let claims = try #require(row.claims)
        let resource = try TestPolicy.resource(row.string("resource"))
        do throws(MintError) {
            switch try policy.decide(role: row.string("role"), resource: resource, claims: claims) {
            case .allowed(let allowed): return ["allowed", allowed.role.name, allowed.grant.place.path]
            case .ambiguous(let roles): return ["ambiguous"] + roles
            case .denied(let denied):
                switch denied.reason {
                case .notCovered: return ["not covered"]
                case .accessTooLow(let access): return ["not for \(access.rawValue)"]
                case .notGranted: return ["not granted"]
                case .otherClaims:
                    let claims = denied.differences.map { String(decoding: $0.claim, as: UTF8.self) }
                    return ["denied", denied.nearest?.place.path ?? ""] + claims
                }
            }
        } catch {
            return [error.code.rawValue]
        }
    }

    @Test("has hundreds of rows, each with a title of its own")
    func isLarge() {
        #expect(Self.rows.count > 400)
        #expect(Set(Self.rows.map(\.testDescription)).count == Self.rows.count)
    }

    @Test("decides as written")
    func decides() throws {
        let policy = try Self.policy()
        for row in Self.rows {
            #expect(try Self.words(policy, row) == row.expected, "\(row.testDescription)")
        }
    }

    @Test("decides alike whatever the order of grants", arguments: [1, 2, 3] as [UInt64])
    func orderNeverMatters(seed: UInt64) throws {
        let policy = try Self.policy()
        var random = SeededRandom(seed: seed)
        let shuffled = Policy(
            manifest: policy.manifest, digest: policy.digest, roles: policy.roles,
            grants: policy.grants.shuffled(using: &random))
        for row in Self.rows {
            let (before, after) = (try Self.words(policy, row), try Self.words(shuffled, row))
            #expect(before.first == after.first, "seed \(seed): \(row.testDescription)")
            // Which grant is recorded may be another one; which role is taken may not.
            if before.first == "allowed" { #expect(before[1] == after[1], "seed \(seed): \(row.testDescription)") }
        }
    }
}
