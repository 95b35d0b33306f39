import HFMintCore
import HFMintTesting
import Testing

@Suite("mistakes in a fleet")
struct FleetMistakesTests {
    /// The mistakes, without their columns.
    private func mistakes(_ fleet: String, more: String = "") throws -> [String] {
        let error = try #require(throws: MintError.self) {
            _ = try TestPolicy.fleet("{ version: 1, \(more)\nfleet: \(fleet) }")
        }
        #expect(error.code == .manifestInvalid)
        return error.details.map(withoutColumn)
    }

    @Test("names each mistake with its line")
    func mistakes() throws {
        #expect(
            try mistakes(
                """
                {
                credentials: { read: 'hf_secret' }, maxUnavailable: 0, settle: 'soon',
                window: { cron: '0 2 * *', window: '1h' },
                spaces: {
                  'datasets/acme/x': {},
                  'acme': {},
                  'spaces/chat': {},
                  'acme/chat': { hardware: 'CPU', sleep: '0s', visibility: 'secret', after: ['acme'], wave: 1.5 },
                  'acme/vars': { variables: { SPACE_ID: 'x', OAUTH_SCOPES: 'x', 'A-B': 'x', '1A': 'x', EMPTY: '' },
                    secrets: { SPACE_HOST: { from: 'env:X' }, K: {}, L: { from: 'env:X', rotation: 'r' },
                      M: { rotation: 'r', version: '1' }, N: { from: 'env:X', rotate: 'on-release' } } },
                  'acme/volumes': { volumes: [{ type: 'kernel', source: 'acme/x', mountPath: '/x' },
                    { type: 'model', source: 'a', mountPath: 'x' }, { type: 'model', source: 'a/b', mountPath: '/./x' }] },
                  'acme/ignore': { ignore: ['variables.', 'env.X', 'sdk'], protect: 'yes', extra: 1 },
                },
                endpoints: { 'endpoints/acme': { env: { SPACE_ID: 'fine' }, scaling: { max: 0 } } } }
                """) == [
                    "line 3: 'fleet.credentials.read' must say where the secret is: env:NAME or file:PATH",
                    "line 3: 'fleet.maxUnavailable' must be a whole number from 1 to 10000",
                    "line 3: 'fleet.settle' is not a duration such as 30s, 5m, 2h or 30d",
                    "line 4: 'fleet.window.cron' has 4 fields instead of 5: minute hour day month weekday",
                    "line 6: 'fleet.spaces.datasets/acme/x' is no Space: write owner/name",
                    "line 7: 'fleet.spaces.acme' is no Space: write owner/name",
                    "line 8: 'fleet.spaces.spaces/chat' is no Space: write owner/name",
                    "line 9: 'fleet.spaces.acme/chat.hardware' is no hardware: write the Hub's word for it,"
                        + " such as cpu-basic",
                    "line 9: 'fleet.spaces.acme/chat.sleep' is neither a duration such as 1h nor 'never'",
                    "line 9: 'fleet.spaces.acme/chat.visibility' must be one of private, protected, public",
                    "line 9: 'fleet.spaces.acme/chat.after[0]' is no Space and no endpoint: write owner/name",
                    "line 9: 'fleet.spaces.acme/chat.wave' must be a whole number from -1000 to 1000,"
                        + " without a point or an exponent",
                    "line 10: 'fleet.spaces.acme/vars.variables.SPACE_ID' \(reserved)",
                    "line 10: 'fleet.spaces.acme/vars.variables.OAUTH_SCOPES' \(reserved)",
                    "line 10: 'fleet.spaces.acme/vars.variables.A-B' \(noName)",
                    "line 10: 'fleet.spaces.acme/vars.variables.1A' \(noName)",
                    "line 10: 'fleet.spaces.acme/vars.variables.EMPTY' must not be empty",
                    "line 11: 'fleet.spaces.acme/vars.secrets.SPACE_HOST' \(reserved)",
                    "line 11: 'fleet.spaces.acme/vars.secrets.K' needs either 'from' or 'rotation'",
                    "line 11: 'fleet.spaces.acme/vars.secrets.L' needs either 'from' or 'rotation'",
                    "line 12: 'fleet.spaces.acme/vars.secrets.M' has a 'version', which the rotation counts",
                    "line 12: 'fleet.spaces.acme/vars.secrets.N' has 'rotate', and needs its 'rotation'",
                    "line 13: 'fleet.spaces.acme/volumes.volumes[0].type' must be one of model, dataset, space, bucket",
                    "line 14: 'fleet.spaces.acme/volumes.volumes[1].source' is no repository: write owner/name",
                    "line 14: 'fleet.spaces.acme/volumes.volumes[1].mountPath' \(noFolder)",
                    "line 14: 'fleet.spaces.acme/volumes.volumes[2].mountPath' \(noFolder)",
                    "line 15: 'fleet.spaces.acme/ignore.ignore[0]' \(noPath)",
                    "line 15: 'fleet.spaces.acme/ignore.ignore[1]' \(noPath)",
                    "line 15: 'fleet.spaces.acme/ignore.ignore[2]' \(noPath)",
                    "line 15: 'fleet.spaces.acme/ignore.protect' must be true or false",
                    "line 15: 'fleet.spaces.acme/ignore.extra' is not a key here",
                    "line 17: 'fleet.endpoints.endpoints/acme' is no endpoint: write owner/name",
                    "line 17: 'fleet.endpoints.endpoints/acme.scaling.max' must be a whole number from 1 to 1000",
                ])
    }

    private let reserved = "is a name that the Hub keeps for itself: no name may begin with SPACE_ or OAUTH_"
    private let noName = "is no name for a variable: letters, digits and '_', no digit in front"
    private let noFolder = "is no folder to mount at: write it from the root, such as /data"
    private let noPath =
        "is nothing to ignore: hardware, sleep, visibility, volumes, variables, secrets, variables.NAME, secrets.NAME"

    @Test(
        "refuses null, which would erase",
        arguments: [
            ("null", "fleet"), ("{ spaces: null }", "fleet.spaces"),
            ("{ spaces: { 'acme/chat': null } }", "fleet.spaces.acme/chat"),
            ("{ spaces: { 'acme/chat': { sleep: null } } }", "fleet.spaces.acme/chat.sleep"),
            ("{ spaces: { 'acme/chat': { variables: { A: null } } } }", "fleet.spaces.acme/chat.variables.A"),
            ("{ endpoints: { 'acme/x': { env: null } } }", "fleet.endpoints.acme/x.env"),
            ("{ endpoints: { 'acme/x': { scaling: { min: null } } } }", "fleet.endpoints.acme/x.scaling.min"),
        ])
    func null(fleet: String, path: String) throws {
        #expect(try mistakes(fleet) == ["line 2: '\(path)' is null, and says nothing: leave it out"])
    }

    @Test("shows nothing of a token that stands where everybody may read it, and none that is written as a reference")
    func token() throws {
        let token = "hf_" + String(repeating: "aBcD", count: 9)
        let found = try mistakes("{ spaces: { 'acme/chat': { variables: { A: '\(token)' } } } }")
        #expect(
            found == [
                "line 2: 'fleet.spaces.acme/chat.variables.A' looks like a token, and is no secret here:"
                    + " name it under 'secrets'"
            ])
        let reference = try mistakes("{ spaces: { 'acme/chat': { secrets: { A: { from: '\(token)' } } } } }")
        #expect(reference.count == 1 && !reference.joined().contains(token))
    }

    @Test(
        "names what does not fit together",
        arguments: [
            (
                "{ spaces: { 'acme/x': { hardware: 'cpu-basic', sleep: '1h' } } }",
                "fleet.spaces.acme/x' has a 'sleep' that the Hub does not grant: cpu-basic always sleeps after 48h"
            ),
            (
                "{ spaces: { 'acme/x': { volumes: [{ type: 'model', source: 'a/b', mountPath: '/x' },"
                    + " { type: 'model', source: 'a/c', mountPath: '/x' }] } } }",
                "fleet.spaces.acme/x' mounts two volumes at one 'mountPath'"
            ),
            (
                "{ spaces: { 'acme/x': { volumes: [{ type: 'model', source: 'a/b',"
                    + " mountPath: '/x', readOnly: false }] } } }",
                "fleet.spaces.acme/x.volumes[0]' can only be read: leave 'readOnly' out"
            ),
            (
                "{ spaces: { 'acme/x': { volumes: [{ type: 'bucket', source: 'a/b',"
                    + " mountPath: '/x', revision: 'main' }] } } }",
                "fleet.spaces.acme/x.volumes[0]' has a 'revision', which a bucket has not"
            ),
            (
                "{ spaces: { 'acme/x': { health: { timeout: '0s' } } } }",
                "fleet.spaces.acme/x.health' needs a 'timeout' that is longer than nothing"
            ),
            (
                "{ spaces: { 'acme/x': { health: { timeout: '25h' } } } }",
                "fleet.spaces.acme/x.health' has a 'timeout' of more than a day, for which all others would wait"
            ),
            (
                "{ window: { cron: '0 2 * * *', window: '0s' } }",
                "fleet.window' needs a 'window' that is longer than nothing"
            ),
            (
                "{ endpoints: { 'acme/x': { scaling: { min: 2, max: 1 } } } }",
                "fleet.endpoints.acme/x.scaling' has a 'min' that is more than its 'max'"
            ),
            (
                "{ endpoints: { 'acme/x': { scaling: { scaleToZero: '90s' } } } }",
                "fleet.endpoints.acme/x.scaling' needs a 'scaleToZero' of whole minutes, such as 15m"
            ),
            (
                "{ spaces: { 'acme/x': { variables: { A: 'x' }, secrets: { A: { from: 'env:X' } } } } }",
                "fleet.spaces.acme/x.secrets.A' is a name of 'variables' too, and can be one of the two"
            ),
            (
                "{ endpoints: { 'acme/x': { env: { A: 'x' }, secrets: { A: { from: 'env:X' } } } } }",
                "fleet.endpoints.acme/x.secrets.A' is a name of 'env' too, and can be one of the two"
            ),
            (
                "{ spaces: { 'acme/x': {}, 'acme/X': {} } }",
                "fleet.spaces.acme/X' is 'acme/x' in other letters, and the Hub has one of the two alone"
            ),
            (
                "{ spaces: { 'acme/chat': {}, 'acme/x': { after: ['acme/chst'] } } }",
                "fleet.spaces.acme/x.after' names nothing of this fleet: 'acme/chst'; did you mean 'spaces/acme/chat'?"
            ),
            (
                "{ spaces: { 'acme/x': { after: ['spaces/acme/x'] } } }",
                "fleet.spaces.acme/x.after' names the Space itself"
            ),
            (
                "{ spaces: { 'acme/y': {}, 'acme/x': { after: ['acme/y'] } }, endpoints: { 'acme/y': {} } }",
                "fleet.spaces.acme/x.after' means two, and must name one: spaces/acme/y, endpoints/acme/y"
            ),
        ])
    func together(fleet: String, complaint: String) throws {
        #expect(try mistakes(fleet) == ["line 2: '\(complaint)"])
    }

    @Test(
        "takes what a rotation writes there, and nothing else of a rotation",
        arguments: [
            ("spaces: { 'acme/chat': { secrets: { K: { rotation: 'app' } } } }", nil),
            ("spaces: { 'acme/Chat': { secrets: { K: { rotation: 'app' } } } }", nil),
            (
                "spaces: { 'acme/chat': { secrets: { K: { rotation: 'ap' } } } }",
                "fleet.spaces.acme/chat.secrets.K' names no rotation of the root manifest: 'ap'; did you mean 'app'?"
            ),
            (
                "spaces: { 'acme/chat': { secrets: { L: { rotation: 'app' } } } }",
                "fleet.spaces.acme/chat.secrets.L' is not written by 'app': add { kind: \"hub-space\","
                    + " space: \"acme/chat\", name: \"L\" } to its sinks"
            ),
            (
                "endpoints: { 'acme/chat': { secrets: { K: { rotation: 'app' } } } }",
                "fleet.endpoints.acme/chat.secrets.K' is an endpoint's, which no rotation writes: name it with 'from'"
            ),
        ] as [(String, String?)])
    func rotation(fleet: String, complaint: String?) throws {
        let rotations =
            "rotations: { app: { issuer: { kind: 'person', what: 'oauth-app' },"
            + " verify: { kind: 'client-authentication', clientId: 'env:I' },"
            + " sinks: [{ kind: 'hub-space', token: 'env:T', space: 'spaces/acme/chat', name: 'K' }] } },"
        if let complaint {
            #expect(try mistakes("{ \(fleet) }", more: rotations) == ["line 2: '\(complaint)"])
        } else {
            #expect(try TestPolicy.fleet("{ version: 1, \(rotations) fleet: { \(fleet) } }") != nil)
        }
    }
}

/// A mistake without its column: `line 3: 'fleet.settle' is …`.
func withoutColumn(_ sentence: String) -> String {
    let parts = sentence.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let line = parts[0].split(separator: ",").first else { return sentence }
    return "\(line):\(parts[1])"
}
