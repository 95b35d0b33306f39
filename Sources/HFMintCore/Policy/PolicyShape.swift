/// The shapes of roles and grants, in a root manifest and in an app's manifest.
enum PolicyShape {
    /// The fields of the root manifest.
    static let fields: [Field] = [
        .optional("roles", .map(.object(role), of: "role"), "what may be done"),
        .optional("grants", .array(.object(grant), atLeast: 0), "which identity may take which role"),
        .optional(
            "apps", .array(.string(.path), atLeast: 0, atMost: 10_000),
            "manifests of apps, each of which narrows what stands here"),
    ]

    /// The shape of an app's manifest, which narrows another.
    static let app = ObjectShape([
        .jsonSchema, .required("version", .integer(1...1), "the version of this format: 1"),
        .required("extends", .string(.path), "the manifest that lists this one under 'apps'"),
        .optional("roles", .map(.object(appRole), of: "role"), "roles of the parent, narrowed"),
        .optional("grants", .array(.object(appGrant), atLeast: 0), "grants of the parent, narrowed"),
    ])

    private static let access = Shape.string(.word(Access.allCases.map(\.rawValue)))

    private static let role = ObjectShape(
        [
            .required("access", access, "what a token is meant for: read, write or admin"),
            .optional(
                "resources", .array(.string(.resource), atLeast: 1),
                "what a token opens: owner/name, datasets/owner/*, a user name"),
            .optional("member", .string(.any), "the e-mail address of the organization's member that a token acts as"),
            .optional("client", .object(client), "the organization's OAuth application, for a member"),
        ],
        rule: { role in
            if role.has("resources") {
                return role.has("member") || role.has("client")
                    ? "has 'resources', and cannot be a member too: make it two roles" : nil
            }
            guard role.has("member") else { return "needs either 'resources' or 'member'" }
            return role.has("client") ? nil : "needs 'client': the OAuth application that gives a member's tokens"
        },
        alsoInSchema: [
            .init(
                "oneOf",
                .array([
                    [
                        "required": .array(["resources"]),
                        "not": ["anyOf": .array([["required": .array(["member"])], ["required": .array(["client"])]])],
                    ],
                    ["required": .array(["member", "client"]), "not": ["required": .array(["resources"])]],
                ]))
        ])

    static let client = ObjectShape([
        .required("id", .secretReference, "where the client id is"),
        .required("secret", .secretReference, "where the client secret is"),
    ])

    private static let appRole = ObjectShape([
        .required("extends", .string(.name(of: "role")), "the parent's role that this one narrows"),
        .optional("access", access, "no more than the parent's (default: the same)"),
        .optional(
            "resources", .array(.string(.resource), atLeast: 1),
            "only what the parent's covers (default: the same)"),
    ])

    private static let grantFields: [Field] = [
        .required("role", .string(.name(of: "role")), "the role that may be taken"),
        .optional("environment", .string(.any), "short for the claim 'environment'"),
        .required(
            "identity",
            .object(
                ObjectShape([
                    .required("issuer", .string(.url), "who signs the ID token: its claim 'iss', byte for byte"),
                    .required(
                        "claims", .map(.string(.any), of: "claim", names: .claim, counts: 1...64),
                        "what the ID token must claim, byte for byte"),
                ])), "who may take it"),
    ]

    private static let grant = ObjectShape(
        [
            .optional("name", .string(.name(of: "grant")), "by which grants of apps refer to it"),
            .optional(
                "mode", .string(.word(EnforcementMode.allCases.map(\.rawValue))),
                "for serve: whether a no to this identity is enforced, or recorded and let pass (default: serve.mode)"
            ),
        ] + grantFields,
        rule: environmentComplaint, alsoInSchema: environmentOnce)

    private static let appGrant = ObjectShape(
        [
            .optional("name", .string(.name(of: "grant")), "for messages and records"),
            .required("extends", .string(.name(of: "grant")), "the name of the parent's grant that this one narrows"),
        ] + grantFields, rule: environmentComplaint, alsoInSchema: environmentOnce)

    private static let environmentComplaint: @Sendable (ManifestNode) -> String? = { grant in
        grant.has("environment") && grant["identity"]?["claims"]?["environment"] != nil
            ? "says the claim 'environment' twice" : nil
    }

    private static let environmentOnce: [JSONValue.Member] = [
        .init(
            "not",
            [
                "required": .array(["environment", "identity"]),
                "properties": [
                    "identity": [
                        "required": .array(["claims"]),
                        "properties": ["claims": ["required": .array(["environment"])]],
                    ]
                ],
            ])
    ]
}
