/// What the manifest may say under `rotations`.
package enum RotationShape {
    package static var rotation: ObjectShape {
        ObjectShape(
            [
                .required(
                    "issuer", .variants(issuerKinds.map { .init(kind: $0.kind, help: $0.help, shape: $0.shape) }),
                    "who holds the client secret"),
                .optional("schedule", .object(schedule), "when it is due, in UTC; without one, only `rotate now`"),
                .optional("overlap", .string(.duration), "how long the old secret lives on beside the new one (24h)"),
                .optional(
                    "verify", .variants(verifierKinds.map { .init(kind: $0.kind, help: $0.help, shape: $0.shape) }),
                    "how a log-in with the new secret is tried before any sink gets it"),
                .required(
                    "sinks",
                    .array(
                        .variants(sinkKinds.map { .init(kind: $0.kind, help: $0.help, shape: $0.shape) }), atLeast: 1),
                    "where the new secret must arrive"),
                .optional("callbacks", .array(.object(callback), atLeast: 0), "who is told"),
                .optional("allowCutover", .bool, "accept that the old secret dies before the new one has arrived"),
                .optional(
                    "proof", .string(.word(["accepted"])), "accept the issuer's yes as proof that the old one is dead"),
            ])
    }

    private static let schedule = ObjectShape(
        [
            .optional(
                "cron",
                .string(
                    .custom(
                        "cron",
                        check: { text in
                            do throws(Malformed) {
                                _ = try CronExpression(parsing: text)
                                return nil
                            } catch {
                                return error.reason
                            }
                        })), "five fields: minute hour day month weekday"),
            .optional("every", .string(.duration), "how long between two runs"),
            .optional("window", .string(.duration), "how long after its time a run may still begin"),
            .optional("jitter", .string(.duration), "the longest delay, fixed for each rotation by its name"),
            .optional(
                "zone", .string(.custom("zone", check: { _ in "is not taken: schedules are in UTC" })), "not taken"),
        ],
        rule: { place in
            if place.has("cron") == place.has("every") { return "needs either 'cron' or 'every'" }
            if place.duration("every") == 0 { return "needs an 'every' that is longer than nothing" }
            if let jitter = place.duration("jitter"), jitter > 0, let gap = Schedule.Pattern(place)?.shortestGap,
                jitter >= gap
            {
                return "needs a 'jitter' of less than the shortest time between two runs (\(inWords(seconds: gap)))"
            }
            guard let window = place.duration("window") else { return nil }
            // A window that the timer may step over would never come.
            return window < (place.duration("jitter") ?? 0) + Schedule.timerPeriod
                ? "needs a 'window' of at least 'jitter' and 15m, as the timer comes every 15 minutes" : nil
        })

    private static let callback = ObjectShape(
        [
            .required("url", .string(.url), "where the event is sent"),
            .required("secret", .secretReference, "the key that signs it"),
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
        rule: { place in
            if let host = place["url"]?.string.flatMap({ HTTPURL($0) })?.origin.host,
                PublicAddress.isPrivateByName(host), place["allowPrivate"]?.bool != true
            {
                return "needs 'allowPrivate: true', as '\(host)' is this machine or a private address"
            }
            guard place["format"]?.string == "caep" else { return nil }
            let missing = ["issuer", "audience", "subjectIssuer", "client"].filter { !place.has($0) }
            return missing.isEmpty ? nil : "needs \(missing.map { "'\($0)'" }.joined(separator: ", ")) for caep"
        })
}

extension RotationDefinition {
    /// Makes a definition of what ``RotationShape/rotation`` has accepted.
    ///
    /// - Throws: ``MintError/Code/manifestInvalid`` for what a shape cannot say.
    package init(_ place: ManifestNode, _ surroundings: RotationSurroundings) throws(MintError) {
        let issuer = try Self.issuer(place, surroundings)
        guard issuer.shape != .replacing || place["allowCutover"]?.bool == true else {
            throw MintError(
                .manifestInvalid,
                "'rotations.\(surroundings.name)': the issuer kills the old secret at the moment in which it makes a new one",
                hint: "if that gap is acceptable, say allowCutover: true; `hfmint rotate plan` shows how long it lasts")
        }
        guard issuer.shape != .person || place.has("verify") else {
            throw MintError(
                .manifestInvalid, "'rotations.\(surroundings.name)' has no 'verify'",
                hint: "what a person supplies must log in before a sink is touched, for instance with"
                    + #" verify: { kind: "client-authentication", clientId: "env:CLIENT_ID" }"#)
        }
        var sinks: [any Sink] = []
        var creatable: Set<String> = []
        for place in place["sinks"]?.elements ?? [] {
            let sink = try Self.sink(place, surroundings)
            sinks.append(sink)
            if place["create"]?.bool == true { creatable.insert(sink.target) }
        }
        var callbacks: [CallbackEndpoint] = []
        for callback in place["callbacks"]?.elements ?? [] {
            callbacks.append(try CallbackEndpoint(callback, surroundings))
        }
        self.init(
            name: surroundings.name, issuer: issuer, verifier: try Self.verifier(place, surroundings), sinks: sinks,
            creatable: creatable, callbacks: callbacks,
            schedule: place["schedule"].flatMap { Schedule($0, name: surroundings.name) },
            overlap: place.duration("overlap") ?? 86_400, acceptsUnprovenDeath: place.has("proof"),
            digest: Self.digest(issuer, sinks, callbacks))
        needs = RotationNeed.all(of: place)
        folder = surroundings.folder
    }

    /// Of what a run that is under way is about: its client, its sinks and its endpoints.
    ///
    /// A credential, a schedule or a log-in may be mended in the meantime; that is often what it waits for.
    private static func digest(_ issuer: any Issuer, _ sinks: [any Sink], _ callbacks: [CallbackEndpoint]) -> String {
        let endpoints = callbacks.map { "\($0.url) \($0.mustAcknowledge)" }
        let parts = [issuer.target] + sinks.map(\.target).sorted() + ["callbacks"] + endpoints.sorted()
        return fingerprint(parts.map { Array($0.utf8) })
    }

    private static func issuer(_ place: ManifestNode, _ surroundings: RotationSurroundings) throws(MintError)
        -> any Issuer
    {
        guard let issuer = place["issuer"], let kind = issuerKinds.first(where: { $0.kind == issuer["kind"]?.string })
        else { throw MintError(.manifestInvalid, "'rotations.\(surroundings.name).issuer' is of no known kind") }
        return try kind.make(issuer, surroundings)
    }

    private static func sink(_ sink: ManifestNode, _ surroundings: RotationSurroundings) throws(MintError) -> any Sink {
        guard let kind = sinkKinds.first(where: { $0.kind == sink["kind"]?.string }) else {
            throw MintError(.manifestInvalid, "'rotations.\(surroundings.name).sinks' holds one of no known kind")
        }
        return try kind.make(sink, surroundings)
    }

    private static func verifier(
        _ place: ManifestNode, _ surroundings: RotationSurroundings
    ) throws(MintError) -> (any Verifier)? {
        guard let verify = place["verify"], let kind = verifierKinds.first(where: { $0.kind == verify["kind"]?.string })
        else { return nil }
        return try kind.make(verify, surroundings)
    }
}

extension CallbackEndpoint {
    fileprivate init(_ place: ManifestNode, _ surroundings: RotationSurroundings) throws(MintError) {
        guard let url = place["url"]?.string.flatMap({ HTTPURL($0) }),
            let secret = place["secret"].flatMap({ SecretReference($0) })
        else { throw MintError(.manifestInvalid, "'rotations.\(surroundings.name).callbacks' lacks a url or a secret") }
        self.init(
            url: url, format: Self.format(place, secret, surroundings),
            mustAcknowledge: place["acknowledge"]?.bool ?? false, deadline: place.duration("deadline") ?? 86_400,
            allowsPrivate: place["allowPrivate"]?.bool ?? false)
    }

    private static func format(
        _ place: ManifestNode, _ secret: SecretReference, _ surroundings: RotationSurroundings
    ) -> any CallbackFormat {
        guard place["format"]?.string == "caep" else {
            return StandardWebhooks(secret: secret, folder: surroundings.folder, context: surroundings.context)
        }
        let algorithm = place["algorithm"]?.string.flatMap { SignatureAlgorithm(rawValue: $0) }
        return SecurityEventToken(
            issuer: place["issuer"]?.string ?? "", audience: place["audience"]?.string ?? "",
            subject: (place["subjectIssuer"]?.string ?? "", place["client"]?.string ?? ""),
            key: algorithm.map { .asymmetric($0) } ?? .hs256, keyID: place["keyID"]?.string, secret: secret,
            surroundings: surroundings)
    }
}

extension Schedule {
    fileprivate init?(_ place: ManifestNode, name: String) {
        guard let pattern = Pattern(place) else { return nil }
        self.init(pattern, window: place.duration("window"), jitter: place.duration("jitter") ?? 0, name: name)
    }
}

extension Schedule.Pattern {
    fileprivate init?(_ place: ManifestNode) {
        if let text = place["cron"]?.string, let expression = try? CronExpression(parsing: text) {
            self = .cron(expression)
        } else if let seconds = place.duration("every"), seconds > 0 {
            self = .every(seconds)
        } else {
            return nil
        }
    }
}

extension ManifestNode {
    /// In seconds.
    package func duration(_ name: String) -> Int? { self[name]?.string.flatMap { Seconds(parsing: $0) }?.count }
}
