/// What the manifest may say under `rotations`.
enum RotationShape {
    static var rotation: ObjectShape {
        ObjectShape(
            [
                .required("issuer", .variants(issuerKinds.map { $0.variant() }), "who holds the client secret"),
                .optional("schedule", .object(schedule), "when it is due, in UTC; without one, only `rotate now`"),
                .optional(
                    "lead", .string(.duration),
                    "how long a sink with 'list' accepts the new secret before it is used (10m)"),
                .optional("overlap", .string(.duration), "how long the old secret lives on beside the new one (24h)"),
                .optional(
                    "verify", .variants(verifierKinds.map { $0.variant() }),
                    "how a log-in with the new secret is tried before any sink gets it"),
                .required("sinks", .array(sink, atLeast: 1), "where the new secret must arrive"),
                .optional("callbacks", .array(.object(callback), atLeast: 0), "who is told"),
                .optional("allowCutover", .bool, "accept that the old secret dies before the new one has arrived"),
                .optional(
                    "proof", .string(.word(["accepted"])), "accept the issuer's yes as proof that the old one is dead"),
            ])
    }

    /// The shape of one sink.
    static let sink = Shape.variants(sinkKinds.map { $0.variant(adding: [create, list]) })

    /// Says that a missing target is no misspelt name.
    private static let create = Field.optional(
        "create", .bool, "whether the target may be made where nothing is there yet (false)")

    /// Says that those who read the sink accept several secrets.
    private static let list = Field.optional(
        "list", .bool, "whether it holds a secret a line, the first in use; for 'generated' (false)")

    private static let schedule = ObjectShape(
        [
            .optional(
                "cron", .string(.custom("cron", check: complaint(aboutCron:))),
                "five fields: minute hour day month weekday"),
            .optional("every", .string(.duration), "how long between two runs"),
            .optional("window", .string(.duration), "how long after its time a run may still begin"),
            .optional("jitter", .string(.duration), "the longest delay, fixed for each rotation by its name"),
            .optional(
                "zone", .string(.custom("zone", check: { _ in "is not taken: schedules are in UTC" })), "not taken"),
        ],
        rule: { node in
            if node.has("cron") == node.has("every") { return "needs either 'cron' or 'every'" }
            if node.duration("every") == 0 { return "needs an 'every' that is longer than nothing" }
            if let jitter = node.duration("jitter"), jitter > 0, let gap = Schedule.Pattern(node)?.shortestGap,
                jitter >= gap
            {
                return "needs a 'jitter' of less than the shortest time between two runs (\(inWords(seconds: gap)))"
            }
            guard let window = node.duration("window") else { return nil }
            // The timer could step over a shorter window each time.
            return window < (node.duration("jitter") ?? 0) + Schedule.timerPeriod
                ? "needs a 'window' of at least 'jitter' and 15m, as the timer comes every 15 minutes" : nil
        })

    /// Returns why `text` is no cron expression, or nil.
    @Sendable static func complaint(aboutCron text: String) -> String? {
        do throws(Malformed) {
            _ = try CronExpression(parsing: text)
            return nil
        } catch {
            return error.reason
        }
    }

    private static let callback = ObjectShape(
        [
            .required("url", .string(.url), "where the event is sent"),
            .required("secret", .secretReference, "the key that signs it").needing(.key),
            .optional(
                "format", .string(.word(["standard-webhooks", "caep"])), "how it is written (standard-webhooks)"),
            .optional("acknowledge", .bool, "whether the old secret stays until this endpoint has agreed"),
            .optional("deadline", .string(.duration), "how long its agreement is waited for (24h)"),
            .optional("issuer", .string(.any), "caep: who signs, the `iss` of the token"),
            .optional("audience", .string(.any), "caep: whom it is for, the `aud` of the token"),
            .optional("subjectIssuer", .string(.any), "caep: the issuer of the client whose secret changes"),
            .optional("client", .string(.any), "caep: the client whose secret changes"),
            .optional("algorithm", .string(.word(["HS256", "RS256", "ES256"])), "caep: how it is signed (HS256)"),
            .optional("keyID", .string(.any), "caep: the `kid` of the key"),
            .optional("allowPrivate", .bool, "whether the endpoint may be at a private address"),
        ],
        rule: { node in
            if let host = node["url"]?.string.flatMap({ HTTPURL($0) })?.origin.host,
                PublicAddress.isPrivateByName(host), node["allowPrivate"]?.bool != true
            {
                return "needs 'allowPrivate: true', as '\(host)' is this machine or a private address"
            }
            guard node["format"]?.string == "caep" else { return nil }
            let missing = ["issuer", "audience", "subjectIssuer", "client"].filter { !node.has($0) }
            return missing.isEmpty ? nil : "needs \(missing.map { "'\($0)'" }.joined(separator: ", ")) for caep"
        })
}

extension RotationDefinition {
    /// Makes a definition from a node that ``RotationShape/rotation`` has accepted.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` for mistakes that a shape cannot express.
    init(_ node: ManifestNode, _ surroundings: RotationSurroundings) throws(MintError) {
        guard var issuer = try issuerKinds.make(node["issuer"], surroundings) else {
            throw MintError(.manifestInvalid, "'rotations.\(surroundings.name).issuer' is of no known kind")
        }
        var sinks: [any Sink] = []
        var creatable: Set<String> = []
        for element in node["sinks"]?.elements ?? [] {
            guard let sink = try sinkKinds.make(element, surroundings) else {
                throw MintError(.manifestInvalid, "'rotations.\(surroundings.name).sinks' holds one of no known kind")
            }
            sinks.append(
                element["list"]?.bool == true ? try SecretListSink(sink, of: issuer, surroundings) : sink)
            if element["create"]?.bool == true { creatable.insert(sink.target) }
        }
        if var generated = issuer as? Generated {
            generated.lists = sinks.compactMap { $0 as? SecretListSink }
            try generated.check(node, surroundings)
            issuer = generated
        }
        guard issuer.succession != .replacing || node["allowCutover"]?.bool == true else {
            throw MintError(
                .manifestInvalid,
                "'rotations.\(surroundings.name)': the issuer kills the old secret at the moment in which it makes a new one",
                hint: "if that gap is acceptable, say allowCutover: true; `hfmint rotate plan --manifest"
                    + " \(surroundings.manifest)` shows how long it lasts")
        }
        guard issuer.succession != .person || node.has("verify") else {
            throw MintError(
                .manifestInvalid, "'rotations.\(surroundings.name)' has no 'verify'",
                hint: "what a person supplies must log in before a sink is touched, for instance with"
                    + #" verify: { kind: "client-authentication", clientId: "env:CLIENT_ID" }"#)
        }
        var callbacks: [CallbackEndpoint] = []
        for callback in node["callbacks"]?.elements ?? [] {
            callbacks.append(try CallbackEndpoint(callback, surroundings))
        }
        self.init(
            name: surroundings.name, issuer: issuer, verifier: try verifierKinds.make(node["verify"], surroundings),
            sinks: sinks, creatable: creatable, callbacks: callbacks,
            schedule: node["schedule"].flatMap { Schedule($0, name: surroundings.name) },
            lead: node.duration("lead") ?? 600, overlap: node.duration("overlap") ?? 86_400,
            acceptsUnprovenDeath: node.has("proof"),
            digest: Self.digest(issuer, sinks, callbacks))
        needs = RotationNeed.all(of: node)
        folder = surroundings.folder
    }

    /// Returns the digest of the client, the sinks and the endpoints.
    ///
    /// A credential, a schedule or a log-in is not part of it: a person may have to mend them during a run.
    private static func digest(_ issuer: any Issuer, _ sinks: [any Sink], _ callbacks: [CallbackEndpoint]) -> String {
        let endpoints = callbacks.map { "\($0.url) \($0.mustAcknowledge)" }
        let parts = [issuer.target] + sinks.map(\.target).sorted() + ["callbacks"] + endpoints.sorted()
        return fingerprint(parts.map { Array($0.utf8) })
    }
}

extension Generated {
    /// - Throws: ``MintError/Code/manifestInvalid`` if the rotation asks for a log-in, or if the old secret would die
    ///   in one sink while another one still holds it, and nobody has agreed to that.
    fileprivate func check(_ node: ManifestNode, _ surroundings: RotationSurroundings) throws(MintError) {
        guard !node.has("verify") else {
            throw MintError(
                .manifestInvalid, "'rotations.\(surroundings.name)' has a 'verify', and hfmint makes its secret itself",
                hint: "nobody knows the new secret before the sinks have it: leave 'verify' out")
        }
        guard !lists.isEmpty || node["allowCutover"]?.bool == true else {
            throw MintError(
                .manifestInvalid,
                "'rotations.\(surroundings.name)': none of its sinks holds the old secret beside the new one",
                hint: "say list: true where the reader accepts several secrets, or allowCutover: true if each sink may"
                    + " change by itself")
        }
    }
}

extension SecretListSink {
    /// - Throws: ``MintError/Code/manifestInvalid`` if no list can be kept in `base`.
    fileprivate init(
        _ base: any Sink, of issuer: any Issuer, _ surroundings: RotationSurroundings
    ) throws(MintError) {
        let subject = "'rotations.\(surroundings.name)': the sink \(base.target)"
        guard issuer is Generated else {
            throw MintError(
                .manifestInvalid, "\(subject) has a 'list', and the issuer is not 'generated'",
                hint: "who logs in to another's server needs one secret: leave 'list' out")
        }
        guard base.isReadable else {
            throw MintError(
                .manifestInvalid, "\(subject) has a 'list', and cannot be read",
                hint: "a list is read before it is changed: leave 'list' out, or name another sink")
        }
        self.init(base: base, context: surroundings.context)
    }
}

extension CallbackEndpoint {
    fileprivate init(_ node: ManifestNode, _ surroundings: RotationSurroundings) throws(MintError) {
        guard let url = node["url"]?.string.flatMap({ HTTPURL($0) }),
            let secret = node["secret"].flatMap({ SecretReference($0) })
        else { throw MintError(.manifestInvalid, "'rotations.\(surroundings.name).callbacks' lacks a url or a secret") }
        self.init(
            url: url, format: Self.format(node, secret, surroundings),
            mustAcknowledge: node["acknowledge"]?.bool ?? false, agreementTimeout: node.duration("deadline") ?? 86_400,
            allowsPrivate: node["allowPrivate"]?.bool ?? false)
    }

    private static func format(
        _ node: ManifestNode, _ reference: SecretReference, _ surroundings: RotationSurroundings
    ) -> any CallbackFormat {
        let secret = surroundings.source(reference)
        guard node["format"]?.string == "caep" else { return StandardWebhooks(secret: secret) }
        let algorithm = node["algorithm"]?.string.flatMap { SignatureAlgorithm(rawValue: $0) }
        return SecurityEventToken(
            issuer: node["issuer"]?.string ?? "", audience: node["audience"]?.string ?? "",
            subject: (node["subjectIssuer"]?.string ?? "", node["client"]?.string ?? ""),
            key: algorithm.map { .asymmetric($0) } ?? .hs256, keyID: node["keyID"]?.string, secret: secret)
    }
}

extension Schedule {
    fileprivate init?(_ node: ManifestNode, name: String) {
        guard let pattern = Pattern(node) else { return nil }
        self.init(pattern, window: node.duration("window"), jitter: node.duration("jitter") ?? 0, name: name)
    }
}

extension Schedule.Pattern {
    fileprivate init?(_ node: ManifestNode) {
        if let text = node["cron"]?.string, let expression = try? CronExpression(parsing: text) {
            self = .cron(expression)
        } else if let seconds = node.duration("every"), seconds > 0 {
            self = .every(seconds)
        } else {
            return nil
        }
    }
}
