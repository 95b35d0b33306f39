internal import HFMintCore

extension Command {
    package static let fleetAdopt = Command(
        name: "fleet adopt",
        summary: "print what the manifest would say of a Space that is there",
        operands: "SPACE",
        description: [
            "Reads one Space, and prints its entry for `fleet.spaces`: settings, variables with their values, secrets"
                + " by name, volumes. It writes nothing, neither at the Hub nor in a manifest.",
            "Where a secret's value is kept, only you know: `from` is a guess to be put right. Until hfmint has"
                + " written a secret itself, a plan calls it foreign. Leave out what the fleet should not manage.",
        ],
        options: [.manifest, .endpoint] + Option.reporting,
        examples: [
            Example("to be pasted", "hfmint fleet adopt acme/chat --manifest hfmint.json5"),
            Example("which secrets has it?", "hfmint fleet adopt acme/chat --json | jq -r '.secrets[]'"),
        ],
        run: adopt)

    private static func adopt(_ call: Call) throws(MintError) -> Report {
        guard call.arguments.operands.count == 1 else {
            throw .usage("name one Space", hint: "owner/name, or spaces/owner/name")
        }
        let name = try FleetSession.resource(call)
        guard let space = try? Resource(parsing: name, endpoint: .huggingFace), space.kind == .space else {
            throw .usage(
                "'\(name)' is no Space", hint: "an endpoint is written by hand: `hfmint manifest schema` says its keys")
        }
        let session = try FleetSession(call, needsResources: false)
        let state = try session.reader().state(of: SpaceDefinition(adopting: space, into: session.manifest.path))
        var secrets: [SecretState] = []
        switch state.secrets {
        case .read(let found): secrets = found
        case .unreadable(let clause): call.context.note("its secrets: \(clause)")
        }
        let (lines, leftOut) = state.entry(secrets)
        for sentence in leftOut { call.context.note("left out: \(sentence)") }
        return Report(
            lines: lines,
            json: [
                "resource": .string(name), "manifest": .string(lines.joined(separator: "\n")),
                "secrets": .strings(secrets.map(\.name)), "left_out": .strings(leftOut),
            ])
    }
}

extension SpaceState {
    /// Returns the Space as an entry of a manifest, which is JSON5 whatever the Hub holds, and a sentence for each
    /// thing that a manifest does not take.
    fileprivate func entry(_ secrets: [SecretState]) -> (lines: [String], leftOut: [String]) {
        func object(_ members: [(String, String)]) -> String {
            members.isEmpty ? "{}" : "{ \(members.map { "\(key($0.0)): \($0.1)" }.joined(separator: ", ")) }"
        }
        var lines: [(String, String)] = []
        var leftOut: [String] = []
        func isTaken(_ part: String, _ name: String, _ value: String? = nil) -> Bool {
            let complaint = FleetShape.complaint(aboutVariable: name, value)
            if let complaint { leftOut.append("\(part).\(name) \(complaint)") }
            return complaint == nil
        }
        if let hardware = runtime.hardware { lines.append(("hardware", quoted(hardware))) }
        // The Hub gives this hardware no other time.
        switch runtime.hardware == "cpu-basic" ? nil : runtime.sleep {
        case .never: lines.append(("sleep", quoted("never")))
        case .seconds(let seconds): lines.append(("sleep", quoted("\(seconds)s")))
        case nil: break
        }
        if let visibility { lines.append(("visibility", quoted(visibility.rawValue))) }
        if case .read(let all) = variables {
            let variables = all.filter { isTaken("variables", $0.name, $0.value) }.map { ($0.name, quoted($0.value)) }
            if !variables.isEmpty { lines.append(("variables", object(variables))) }
        }
        let named = secrets.filter { isTaken("secrets", $0.name) }
        if !named.isEmpty {
            lines.append(("secrets", object(named.map { ($0.name, object([("from", quoted("env:\($0.name)"))])) })))
        }
        if runtime.volumes?.contains(where: \.isMasked) == true {
            leftOut.append("volumes, as the credential may not see every source")
        } else if let volumes = runtime.volumes, !volumes.isEmpty {
            let texts = volumes.map { volume in
                object(
                    [
                        ("type", quoted(volume.type)), ("source", quoted(volume.source)),
                        ("mountPath", quoted(volume.mountPath)),
                    ] + more(of: volume))
            }
            lines.append(("volumes", "[\(texts.joined(separator: ", "))]"))
        }
        let name = quoted("\(resource.namespace)/\(resource.name)")
        return (["\(name): {"] + lines.map { "  \($0.0): \($0.1)," } + ["},"], leftOut)
    }

    /// Returns what of a volume is not as it is without being named.
    private func more(of volume: Volume) -> [(String, String)] {
        let plain = Volume(type: volume.type, source: volume.source, mountPath: volume.mountPath)
        var members: [(String, String)] = []
        if let revision = volume.revision, revision != plain.revision { members.append(("revision", quoted(revision))) }
        if volume.isReadOnly != plain.isReadOnly { members.append(("readOnly", "true")) }
        if let path = volume.path { members.append(("path", quoted(path))) }
        return members
    }

    /// Returns a text as JSON, which is JSON5 too, with what a terminal would act on escaped.
    private func quoted(_ text: String) -> String {
        let json = String(decoding: JSONValue.string(text).rendered().reveal { $0.bytes }, as: UTF8.self)
        return json.unicodeScalars.map { scalar in
            guard String(scalar).printable != String(scalar) else { return String(scalar) }
            return String(scalar).utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            }.joined()
        }.joined()
    }

    private func key(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == ASCII.underscore }
        return isPlain && name.utf8.first?.isASCIIDigit == false ? name : quoted(name)
    }
}
