internal import HFMintCore

extension Command {
    package static let serveExplain = Command(
        name: "serve explain",
        summary: "say whether a request to the Hub would pass, and why",
        operands: "METHOD URL",
        description: [
            "Decides about one request as the manifest's `serve` says, for somebody with the claims of --claims, or without"
                + " it for somebody without a credential. Prints what the request asks for, the role and the grant that"
                + " allow it, and which credential would be sent to the Hub with it; or why it is refused, with exit"
                + " status 3.",
            "It reads files alone, asks no server, and reads no secret. The URL is taken as a client would send it: nothing"
                + " in it is decoded or put right first.",
        ],
        options: [.manifest, .claims] + Option.reporting,
        examples: [
            Example(
                "a download by a job",
                "hfmint serve explain GET https://hub.acme.example/acme/model/resolve/main/config.json --claims"
                    + " claims.json --manifest hfmint.json5"),
            Example(
                "a commit by nobody",
                "hfmint serve explain POST https://hub.acme.example/api/models/acme/model/commit/main --manifest"
                    + " hfmint.json5"),
        ],
        run: explanation)

    private static func explanation(_ call: Call) throws(MintError) -> Report {
        let operands = call.arguments.operands
        guard operands.count == 2 else {
            throw .usage("'hfmint serve explain' takes a method and a URL", hint: Command.serveExplain.helpHint)
        }
        let path = try call.manifestPath()
        let point = try DecisionPoint(Manifest(at: path, in: call.context.machine))
        let claims = try call.arguments.value(.claims).map { path throws(MintError) in
            try readClaims(at: path, in: call.context)
        }
        guard let request = DecisionPoint.Request(method: operands[0], url: operands[1], claims: claims) else {
            throw .usage(
                "'\(operands[1])' is not an address that a client could ask",
                hint: "write all of it: https://hub.acme.example/acme/model/resolve/main/config.json")
        }
        switch point.decide(request) {
        case .allowed(let allowed): return Report(lines: allowed.lines, json: allowed.json)
        case .refused(let refused):
            return Report(lines: refused.lines, json: refused.json, failures: [refused.error(in: point.policy)])
        }
    }

    private static func readClaims(at path: String, in context: Context) throws(MintError) -> Claims {
        let bytes: [UInt8]
        do throws(FileFailure) {
            guard let found = try context.files.read(path, limit: JSONLimits.answer.byteCount) else {
                throw FileFailure(path, "there is no such file")
            }
            bytes = found.reveal { $0.bytes }
        } catch {
            throw MintError(.stateUnusable, "cannot read '\(error.path)': \(error.reason)")
        }
        guard let text = try? JSONText(bytes, limits: .answer), text.root.members != nil else {
            throw .usage(
                "'\(path)' does not hold claims",
                hint: "write the claims of an ID token as JSON: {\"iss\": \"https://issuer.example\", …}")
        }
        return Claims(text)
    }
}

extension Option {
    fileprivate static let claims = Option(
        "claims", "PATH", help: "the claims of the caller's ID token, as JSON (default: no credential)")
}

extension RequestDecision.Allowed {
    fileprivate var lines: [String] {
        let what = ("allowed", "\(right.rawValue) \(resource?.canonical ?? "at an address that the Hub has signed")")
        guard let admission else {
            let why = resource == nil ? "the signature is enough" : "anybody may read it"
            return columns([what, ("sends", "no credential: \(why)")]).map(\.printable)
        }
        let (grant, credential) = (admission.grant, admission.credential)
        return columns([
            what,
            ("role", "\(admission.role.name) (\(admission.role.access.rawValue))"),
            ("grant", "\(grant.label) in line \(grant.place.line) of '\(grant.place.file)'"),
            ("sends", "\(credential.place.path) in line \(credential.place.line): \(credential.source.name)"),
        ]).map(\.printable)
    }

    fileprivate var json: JSONValue {
        [
            "decision": "allowed", "status": .integer(200), "code": .null, "reason": .null,
            "resource": .string(resource?.canonical), "rights": .strings([right.rawValue]),
            "role": .string(admission?.role.name), "grant": .string(admission?.grant.place.path),
            "credential": .string(admission?.credential.place.path),
        ]
    }
}

extension RequestDecision.Refused {
    private var rights: [String] { route?.rights.map(\.rawValue) ?? [] }

    fileprivate var lines: [String] {
        let asked = route?.resource.map { [("asks for", "\(rights.joined(separator: " or ")) \($0.canonical)")] }
        return columns([("refused", "\(code.status) \(code.rawValue)")] + (asked ?? [])).map(\.printable)
    }

    fileprivate var json: JSONValue {
        [
            "decision": "refused", "status": .integer(code.status), "code": .string(code.rawValue),
            "reason": .string("the request \(clause)"), "resource": .string(route?.resource?.canonical),
            "rights": .strings(rights), "role": .string(denied?.role), "grant": .null, "credential": .null,
        ]
    }

    fileprivate func error(in policy: Policy) -> MintError {
        let denial = denied?.error(in: policy)
        return MintError(
            .requestRefused, "the request \(clause)", details: denial?.details ?? [], hint: denial?.hint ?? hint)
    }

    private var hint: String? {
        switch code {
        case .targetNotCanonical: "a target is never put right: send it as huggingface_hub or git would"
        case .hostUnknown: "name the host in the manifest's 'serve.hosts'"
        case .identityNeeded: "give the claims of an ID token: --claims PATH"
        case .noCredential: "add one to the manifest's 'serve.credentials'"
        case .credentialUnknown, .credentialExpired, .ticketForOther, .onDenyList, .unavailable: nil
        case .repositoryUnclear: "name it by its owner and its name: acme/model"
        case .routeUnknown, .methodUnknown, .namesNoRepository, .repositoryInBody, .givesSecrets, .notServed: nil
        case .notCovered, .accessTooLow, .notGranted, .otherClaims: nil
        }
    }
}
