/// What a manifest may say under `fleet`, the root's and an app's.
package enum FleetShape {
    package static let root = ObjectShape(
        [
            .optional("credentials", .object(credentials), "where the Hub tokens are that read and that write"),
            .optional(
                "key", .secretReference,
                "where the key of marks is, 32 bytes or more; without one only a secret's 'version' is compared"
            ).needing(.key),
            .optional(
                "sources", .array(.secretReference, atLeast: 0, atMost: 10_000),
                "the only references that secrets of apps may name (default: any that nothing else here names)"),
            .optional("maxUnavailable", .integer(1...10_000), "how many Spaces and endpoints may be away at once (1)"),
            .optional("settle", .string(.duration), "how long after a write a stage may still be the old one (20s)"),
            .optional("window", .object(window), "when changes may begin, in UTC (default: always)"),
            .optional("maxDeletes", .integer(0...10_000), "the most that one prune may delete (10)"),
            .optional("endpointsUrl", .string(.url), "the API of endpoints (\(FleetDefinition.publicEndpointsURL))"),
        ] + app.fields)

    package static let app = ObjectShape([
        .optional("owner", .string(.any), "who answers for what names no owner of its own"),
        .optional("spaces", .map(.object(space), of: "Space", names: .resource("Space")), "Spaces, by owner/name"),
        .optional(
            "endpoints", .map(.object(endpoint), of: "endpoint", names: .resource("endpoint")),
            "Inference Endpoints, by owner/name"),
    ])

    private static let credentials = ObjectShape([
        .optional("read", .secretReference, "a token that reads, for plan, status and drift"),
        .optional("apply", .secretReference, "a token that writes settings and secrets, for apply"),
        .optional("admin", .secretReference, "an administrator's token, which tells gone Spaces from hidden ones"),
    ])

    private static let window = ObjectShape(
        [
            .required(
                "cron", .string(.custom("cron", check: RotationShape.complaint(aboutCron:))),
                "when it opens: minute hour day month weekday"),
            .required("window", .string(.duration), "for how long it is open"),
        ], rule: { $0.duration("window") == 0 ? "needs a 'window' that is longer than nothing" : nil })

    // MARK: Spaces and endpoints

    private static let common: [Field] = [
        .optional("owner", .string(.any), "who answers for it"),
        .optional("after", .array(.string(.predecessor), atLeast: 0, atMost: 1_000), "what must be healthy before it"),
        .optional("wave", .integer(-1_000...1_000), "lower waves are changed first (0)"),
        .optional("health", .object(Health.shape), "when it counts as healthy"),
        .optional("protect", .bool, "whether nothing of it is ever deleted (false)"),
    ]

    private static let space = ObjectShape(
        common + [
            .optional("hardware", .string(.hardware), "the Hub's word: cpu-basic"),
            .optional("sleep", .string(.sleep), "how long without visitors until it sleeps, or 'never'"),
            .optional(
                "visibility", .string(.word(Visibility.allCases.map(\.rawValue))),
                "who sees it: private, protected (the app alone) or public"),
            .optional("variables", variables(names: .variable), "what everybody may read; they go with a duplicate"),
            .optional("secrets", secrets(names: .variable), "what the app alone reads"),
            .optional("volumes", .array(.object(volume), atLeast: 0, atMost: 100), "all that is mounted"),
            .optional(
                "ignore", .array(.string(.path(of: spaceWords, maps: ["variables", "secrets"])), atLeast: 0),
                "what is neither compared nor sent: hardware, variables.NAME"),
        ], rule: spaceComplaint)

    private static let endpoint = ObjectShape(
        common + [
            .optional("env", variables(names: .environment), "the environment of its container"),
            .optional("secrets", secrets(names: .environment), "the part of it that is secret"),
            .optional("scaling", .object(scaling), "how many replicas there are"),
            .optional("revision", .string(.any), "the commit, branch or tag of its model"),
            .optional(
                "ignore", .array(.string(.path(of: endpointWords, maps: ["env", "secrets"])), atLeast: 0),
                "what is neither compared nor sent: revision, env.NAME"),
        ])

    private static let spaceWords = ["hardware", "sleep", "visibility", "volumes", "variables", "secrets"]
    private static let endpointWords = ["scaling", "revision", "env", "secrets"]

    private static func variables(names: NameRule) -> Shape {
        .map(.string(.value), of: "variable", names: names, counts: 0...1_000)
    }

    private static func secrets(names: NameRule) -> Shape {
        .map(.object(secret), of: "secret", names: names, counts: 0...1_000)
    }

    private static let secret = ObjectShape(
        [
            .optional("from", .secretReference, "where its value is"),
            .optional(
                "version", .string(.name(of: "version")), "what is counted up to write the value of 'from' anew"),
            .optional("rotation", .string(.name(of: "rotation")), "the rotation that writes it"),
            .optional(
                "rotate", .string(.word(["on-release"])), "that `fleet apply --release` begins the rotation first"),
        ],
        rule: { secret in
            guard secret.has("from") != secret.has("rotation") else { return "needs either 'from' or 'rotation'" }
            if secret.has("version"), !secret.has("from") { return "has a 'version', which the rotation counts" }
            return secret.has("rotate") && !secret.has("rotation") ? "has 'rotate', and needs its 'rotation'" : nil
        },
        alsoInSchema: [
            .init(
                "oneOf",
                .array([
                    ["required": .array(["from"]), "not": ["required": .array(["rotate"])]],
                    ["required": .array(["rotation"]), "not": ["required": .array(["version"])]],
                ]))
        ])

    private static let volume = ObjectShape(
        [
            .required("type", .string(.word(volumeKinds.map(\.rawValue))), "model, dataset, space or bucket"),
            .required("source", .string(.repository), "owner/name"),
            .required("mountPath", .string(.mountPath), "the folder that it becomes: /data"),
            .optional("revision", .string(.any), "the commit, branch or tag (main)"),
            .optional("readOnly", .bool, "whether the app may not write to a bucket (false)"),
            .optional("path", .string(.any), "the folder of the source that is mounted (all of it)"),
        ],
        rule: { volume in
            guard volume["type"]?.string?.utf8.elementsEqual("bucket".utf8) == true else {
                return volume["readOnly"]?.bool == false ? "can only be read: leave 'readOnly' out" : nil
            }
            return volume.has("revision") ? "has a 'revision', which a bucket has not" : nil
        })

    private static let volumeKinds: [Resource.Kind] = [.model, .dataset, .space, .bucket]

    private static let scaling = ObjectShape(
        [
            .optional("min", .integer(0...1_000), "the least number of replicas"),
            .optional("max", .integer(1...1_000), "the most"),
            .optional("scaleToZero", .string(.duration), "how long without requests until none is left"),
        ],
        rule: { scaling in
            if let least = scaling["min"]?.integer, let most = scaling["max"]?.integer, least > most {
                return "has a 'min' that is more than its 'max'"
            }
            guard let seconds = scaling.duration("scaleToZero") else { return nil }
            return seconds == 0 || seconds % 60 != 0 ? "needs a 'scaleToZero' of whole minutes, such as 15m" : nil
        })

    private static let spaceComplaint: @Sendable (ManifestNode) -> String? = { space in
        // https://huggingface.co/docs/huggingface_hub/guides/manage-spaces
        if space["hardware"]?.string?.utf8.elementsEqual("cpu-basic".utf8) == true, let sleep = space["sleep"],
            sleep.string.flatMap({ Seconds(parsing: $0) })?.count != 172_800
        {
            return "has a 'sleep' that the Hub does not grant: cpu-basic always sleeps after 48h"
        }
        let folders = space["volumes"]?.elements.compactMap { $0["mountPath"]?.string } ?? []
        return Set(folders).count < folders.count ? "mounts two volumes at one 'mountPath'" : nil
    }
}
