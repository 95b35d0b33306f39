/// What a manifest may say under `serve`.
enum ServeShape {
    static let shape = ObjectShape(
        [
            .required("origin", .string(.origin), "the address of the front door: HF_ENDPOINT of its clients"),
            .required("socket", .string(.path), "the unix socket on which a web server asks"),
            .required(
                "hosts", .map(.variants(hosts), of: "host", names: .host, counts: 1...1_000),
                "the names of the web server's hosts, and what stands behind each"),
            .optional(
                "credentials", .array(.object(credential), atLeast: 0, atMost: 1_000),
                "what is sent upstream: the first of the weakest that open what is asked for"),
            .optional(
                "delivery", .string(.word(ServeDefinition.Delivery.allCases.map(\.rawValue))),
                "what a job is given: a ticket of hfmint's own, or the Hub's token (default: ticket)"),
            .optional("tickets", .object(tickets), "how tickets are signed"),
            .optional(
                "reuse", .map(.integer(1...1_000), of: "issuer", names: .issuer),
                "how often one ID token of an issuer may be traded (default: 1)"),
            .optional(
                "anonymous", .array(.string(.resource), atLeast: 0),
                "what anybody may read; nothing is sent upstream for it"),
            .optional("deny", .string(.file), "a file with one object a line, each of which is refused: file:PATH"),
            .optional("group", .string(.name(of: "group")), "the group of the socket"),
            .optional(
                "mode", .string(.word(EnforcementMode.allCases.map(\.rawValue))),
                "whether a no is enforced, or recorded and let pass (default: enforce)"),
        ], rule: complaint,
        alsoInSchema: [
            .init(
                "anyOf",
                .array([
                    ["required": .array(["tickets"])],
                    ["required": .array(["delivery"]), "properties": ["delivery": ["const": "token"]]],
                ]))
        ])

    private static let hosts: [Shape.Variant] = [
        Shape.Variant(
            kind: HubRoute.Host.hub.rawValue, help: "the Hub",
            shape: ObjectShape([
                .optional("upstream", .string(.origin), "its address (default: https://huggingface.co)")
            ])),
        Shape.Variant(
            kind: HubRoute.Host.router.rawValue, help: "the router of inference",
            shape: ObjectShape([
                .optional("upstream", .string(.origin), "its address (default: https://router.huggingface.co)")
            ])),
        Shape.Variant(
            kind: HubRoute.Host.endpoint.rawValue, help: "an Inference Endpoint",
            shape: ObjectShape([
                .required("upstream", .string(.origin), "its address"),
                .required("resource", .string(.endpoint), "what roles call it: endpoints/owner/name"),
            ])),
    ]

    private static let credential = ObjectShape(
        [
            .required("resources", .array(.string(.resource), atLeast: 1), "what it opens: owner/name, owner/*"),
            .required(
                "right", .string(.word(Access.allCases.map(\.rawValue))), "what it may do there: read, write or admin"),
            .optional("member", .string(.any), "the e-mail address of the organization's member whose token it is"),
            .optional("client", .object(PolicyShape.client), "the organization's OAuth application, for a member"),
            .optional("token", .secretReference, "where a token of the Hub is, which never leaves hfmint"),
        ],
        rule: { credential in
            if credential.has("token") {
                return credential.has("member") || credential.has("client")
                    ? "has a 'token', and cannot be a member's too: make it two" : nil
            }
            guard credential.has("member") else { return "needs either 'token' or 'member'" }
            return credential.has("client") ? nil : "needs 'client': the OAuth application that gives a member's tokens"
        },
        alsoInSchema: [
            .init(
                "oneOf",
                .array([
                    [
                        "required": .array(["token"]),
                        "not": ["anyOf": .array([["required": .array(["member"])], ["required": .array(["client"])]])],
                    ],
                    ["required": .array(["member", "client"]), "not": ["required": .array(["token"])]],
                ]))
        ])

    private static let tickets = ObjectShape(
        [
            .required(
                "keys", .array(.secretReference, atLeast: 1, atMost: 16),
                "where the keys are, each of 32 bytes or more: the first signs, all verify"),
            .optional("lifetime", .string(.duration), "how long a ticket is good for, 1m to 24h (default: 1h)"),
        ],
        rule: { tickets in
            guard let lifetime = tickets["lifetime"]?.string.flatMap({ Seconds(parsing: $0) }) else { return nil }
            return (60...86_400).contains(lifetime.count) ? nil : "has a 'lifetime' that is not from 1m to 24h"
        })

    private static let complaint: @Sendable (ManifestNode) -> String? = { serve in
        let name = serve["origin"]?.string.flatMap { Origin($0.utf8) }?.host ?? ""
        guard serve["hosts"]?[name]?["kind"]?.string.map({ $0.utf8.elementsEqual("hub".utf8) }) == true else {
            return "needs '\(name)' among its hosts, of the kind 'hub': it is the host of 'origin'"
        }
        let handsOutTokens = serve["delivery"]?.string?.utf8.elementsEqual("token".utf8) == true
        return handsOutTokens || serve.has("tickets")
            ? nil : "needs 'tickets': where the keys that sign them are, unless 'delivery' is 'token'"
    }
}

extension StringRule {
    /// A scheme and a host, in the one spelling that an audience has.
    fileprivate static let origin = StringRule.matching("^https?://[^/?#@]+$") { text in
        guard let origin = Origin(text.utf8) else {
            return Origin.complaint(about: text) ?? "is not an address of a scheme and a host, without a path"
        }
        let isConfidential = origin.scheme == .https || origin.isLoopback
        guard isConfidential else { return "must be https (http is for this machine alone)" }
        return origin.description.utf8.elementsEqual(text.utf8) ? nil : "must be written as '\(origin)'"
    }

    fileprivate static let endpoint = StringRule.matching("^endpoints/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$") { text in
        let parts = text.utf8.split(separator: ASCII.slash, omittingEmptySubsequences: false)
        let isEndpoint =
            parts.count == 3 && parts[0].elementsEqual("endpoints".utf8)
            && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCIILetterOrDigit || "-_.".utf8.contains($0) } }
        return isEndpoint ? nil : "is no endpoint: write endpoints/owner/name"
    }

    fileprivate static let file = StringRule.matching("^file:.+$") { text in
        if case .file? = SecretReference(parsing: text) { nil } else { "must say where the file is: file:PATH" }
    }
}
