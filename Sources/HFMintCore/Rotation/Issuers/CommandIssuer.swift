extension CommandIssuer {
    static let kind = Kind<any Issuer>(
        "command", help: "a program of yours: {hfmint, operation, client, …} on stdin, one JSON object on stdout",
        schema: ObjectShape(
            [
                .command("the program, absolute, and its arguments"),
                .required("client", .string(.any), "which client it manages, in your words"),
                .required(
                    "shape", .string(.word(["separate", "stacked", "replacing"])), "what becomes of the old secret"),
                .optional("limit", .integer(2...1_000), "how many secrets there may be at once, if they are separate"),
                .optional("takesValue", .bool, "whether it takes the value that hfmint chose (false)"),
                .optional("readable", .bool, "whether it can give a value again (false)"),
                .optional("showsDeath", .bool, "whether its survey proves that a secret is dead (true)"),
                .optional("timeout", .string(.duration), "for one operation (30s; 10m at the most)"),
            ]
        ) { node in
            if let complaint = node.programComplaint { return complaint }
            return node.has("limit") && node["shape"]?.string != "separate" ? "'limit' is for separate secrets" : nil
        }
    ) { settings throws(MintError) in
        let succession: Succession =
            switch try settings.text("shape") {
            case "separate": .separate(limit: settings.integer("limit"))
            case "stacked": .stacked
            default: .replacing
            }
        return CommandIssuer(
            program: settings.program(try settings.name("client")), client: try settings.text("client"),
            succession: succession,
            takesChosenValue: settings.flag("takesValue"), isReadable: settings.flag("readable"),
            showsDeath: settings.flag("showsDeath", default: true))
    }
}

/// The secrets of a client that a user's program manages: one JSON object in, and one out, for each operation.
struct CommandIssuer: Issuer {
    let program: CommandProgram
    let client: String
    let succession: Succession
    let takesChosenValue: Bool
    let isReadable: Bool
    let showsDeath: Bool

    var target: String { "\(client) by \(program.path)" }

    /// Asks the program for one operation, with more members of the request.
    private func ask<Result>(
        _ operation: String, _ members: [JSONValue.Member] = [], effect: API.Effect = .repeatable,
        _ body: (JSONNode, Span<UInt8>) -> Result?
    ) throws(StepFailure) -> Result {
        let head: [JSONValue.Member] = [
            .init("hfmint", .integer(1)), .init("operation", .string(operation)), .init("client", .string(client)),
        ]
        return try program.ask(operation, .object(head + members), effect: effect, body)
    }

    func survey() throws(StepFailure) -> IssuerSurvey {
        try ask("survey") { root, text in
            guard let elements = root["secrets"]?.elements else { return nil }
            let secrets = elements.compactMap { Self.secret($0, text) }
            guard secrets.count == elements.count else { return nil }
            return IssuerSurvey(secrets: secrets, date: root["date"]?.moment(in: text), showsDeath: showsDeath)
        }
    }

    private static func secret(_ node: JSONNode, _ text: Span<UInt8>) -> ListedSecret? {
        guard let id = node["id"]?.identifier(in: text) else { return nil }
        let digest = node["sha256"]?.text(in: text)
        let isDigest = digest.map { $0.utf8.count == 64 && $0.utf8.allSatisfy { $0.hexDigitValue != nil } } ?? true
        guard isDigest else { return nil }
        return ListedSecret(
            id: id, marker: marker(node["marker"]?.text(in: text)), isActive: node["active"]?.value != .bool(false),
            expiresAt: node["expiresAt"]?.moment(in: text), sha256: digest?.asciiLowercased)
    }

    func create(_ creation: SecretCreation) throws(StepFailure) -> CreatedSecret {
        var members: [JSONValue.Member] = [.init("marker", .string(creation.marker))]
        let chosen = takesChosenValue ? creation.value : nil
        if let chosen { members.append(.init("value", .secret(chosen))) }
        return try ask("create", members, effect: .once) { root, text in
            guard let id = root["id"]?.identifier(in: text),
                let value = root["value"]?.clientSecret(in: text) ?? chosen
            else { return nil }
            return CreatedSecret(id: id, value: value, expiresAt: root["expiresAt"]?.moment(in: text))
        }
    }

    func read(_ id: String) throws(StepFailure) -> Secret? {
        guard isReadable else { return nil }
        let found = try ask("read", [.init("id", .string(id))]) { root, text -> FoundSecret? in
            // With `null` the program says that it does not show the value again.
            guard let value = root.member("value") else { return nil }
            return value.isNull ? FoundSecret(value: nil) : value.clientSecret(in: text).map { FoundSecret(value: $0) }
        }
        return found.value?.secret.duplicate()
    }

    func deactivate(_ id: String) throws(StepFailure) -> Bool {
        try ask("deactivate", [.init("id", .string(id))]) { root, _ in root["deactivated"]?.bool }
    }

    func delete(_ id: String) throws(StepFailure) {
        _ = try ask("delete", [.init("id", .string(id))]) { root, _ in root.members }
    }
}
