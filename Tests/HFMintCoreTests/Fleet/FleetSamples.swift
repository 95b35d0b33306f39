@testable import HFMintCore
import HFMintTesting

/// What the tests of this folder declare and see.
enum FleetSamples {
    static let place = ManifestPlace(file: "hfmint.json5", path: "fleet", line: 7)

    static func resource(_ name: String) -> Resource { Resource(kind: .space, namespace: "acme", name: name) }

    static func space(
        _ name: String = "chat", after: [String] = [], wave: Int = 0, hardware: String? = nil, sleep: Sleep? = nil,
        visibility: Visibility? = nil, variables: [Entry] = [], secrets: [SecretDefinition] = [],
        volumes: [Volume]? = nil, isProtected: Bool = false, ignored: [String] = []
    ) -> SpaceDefinition {
        SpaceDefinition(
            resource: resource(name), app: "apps/chat.json5", place: place, after: after, wave: wave,
            hardware: hardware, sleep: sleep, visibility: visibility, variables: variables, secrets: secrets,
            volumes: volumes, isProtected: isProtected, ignored: ignored)
    }

    static func endpoint(
        _ name: String = "scorer", after: [String] = [], wave: Int = 0, environment: [Entry] = [],
        secrets: [SecretDefinition] = [], minReplica: Int? = nil, scaleToZeroMinutes: Int? = nil,
        revision: String? = nil, ignored: [String] = []
    ) -> EndpointDefinition {
        EndpointDefinition(
            namespace: "acme", name: name, app: "hfmint.json5", place: place, after: after, wave: wave,
            environment: environment, secrets: secrets, minReplica: minReplica,
            scaleToZeroMinutes: scaleToZeroMinutes, revision: revision, ignored: ignored)
    }

    static func state(
        sdk: String? = "docker", hardware: String? = "cpu-basic", sleep: Sleep? = nil,
        visibility: Visibility? = .private, variables: Reading<[VariableState]> = .read([]),
        secrets: Reading<[SecretState]> = .read([]), volumes: [Volume]? = nil, isInDevMode: Bool = false,
        isHotReloading: Bool = false
    ) -> SpaceState {
        SpaceState(
            resource: resource("chat"), sdk: sdk, visibility: visibility,
            runtime: SpaceRuntime(
                stage: "RUNNING", hardware: hardware, sleep: sleep, volumes: volumes, isInDevMode: isInDevMode,
                isHotReloading: isHotReloading), variables: variables, secrets: secrets)
    }

    static func secret(_ name: String, version: String? = nil) -> SecretDefinition {
        SecretDefinition(
            name: name, origin: .reference(.variable(Environment.Key(name)), folder: ""), version: version)
    }

    static func fleet(
        _ spaces: [SpaceDefinition], _ endpoints: [EndpointDefinition] = [], organization: String? = "acme",
        endpointsURL: String = FleetDefinition.publicEndpointsURL, digest: String = "d1"
    ) -> FleetDefinition {
        FleetDefinition(
            organization: organization, spaces: spaces, endpoints: endpoints, read: nil, apply: nil, admin: nil,
            key: nil, folder: "/m", maxUnavailable: 1, settle: 20, window: nil, maxDeletes: 10,
            endpointsURL: HTTPURL(endpointsURL) ?? HTTPURL(.huggingFace, "/"), digest: digest)
    }
}
