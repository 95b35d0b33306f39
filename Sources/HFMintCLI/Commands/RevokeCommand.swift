internal import HFMintCore

extension Command {
    package static let revoke = Command(
        name: "revoke",
        summary: "a token leaked: report it to the Hub, then see whether it died",
        description: [
            "Reports the token in HF_TOKEN, in the file that HF_TOKEN_PATH names, or on stdin, to the Hub, which e-mails"
                + " its owner. The Hub answers the same whether or not it knew the token, so hfmint tries the token"
                + " before and after, and says only what it saw: dead, accepted, or cannot be revoked.",
            "A token for one repository (hf_jwt_…) is too long for the Hub's route. It expires within the hour; removing"
                + " the Trusted Publisher stops new ones.",
        ],
        options: [.tokenStdin, .manifest, .endpoint, .deadline] + Option.reporting,
        examples: [
            Example("the token that this job was given", "hfmint revoke"),
            Example("a token that was found somewhere", "hfmint revoke --token-stdin < leaked.txt"),
        ],
        run: RevokeCommand.run)
}

extension Option {
    static let tokenStdin = Option("token-stdin", help: "read the token from stdin")
}

private struct RevokeCommand {
    private static let byteLimit = 32 << 10

    private let arguments: Arguments
    private let context: Context
    private let session: EndSession
    private let endpoint: Origin

    static func run(_ call: Call) throws(MintError) -> Report { try Self(call).run() }

    /// - Throws: ``MintError/Code/endpointRefused`` if only a variable names the Hub: it could lead a token away.
    private init(_ call: Call) throws(MintError) {
        arguments = call.arguments
        context = call.context
        session = try EndSession(call)
        endpoint = try arguments.authority(in: context.environment).endpoint
        guard arguments.has(.endpoint) || endpoint == .huggingFace || endpoint.isLoopback else {
            throw MintError(
                .endpointRefused, "a token would go to \(endpoint), which only HF_ENDPOINT names",
                hint: "if that Hub issued the token, give --endpoint \(endpoint)")
        }
    }

    private func run() throws(MintError) -> Report {
        let token = try readToken()
        let resource = context.environment[.hfmintResource].flatMap { text in
            try? Resource(parsing: text, endpoint: endpoint)
        }
        let revocation = Revocation(
            endpoint: endpoint, resource: resource, timeLimit: try arguments.timeLimit(), context: context)
        let outcome = try revocation.report(token)
        var report = report(outcome, expiry: expiry(of: token))
        do throws(MintError) {
            // This comes last: a leak is reported even if that cannot be recorded.
            try session.record(
                AuditEvent(
                    .tokenRevoked, resource: resource?.canonical, reason: outcome.rawValue,
                    tokenSHA256: try context.digests.sha256(token).hexadecimal))
        } catch {
            report.failures.append(error)
        }
        return report
    }

    private func readToken() throws(MintError) -> Secret {
        let token = try readText().withoutBlanksAround()
        guard token.reveal({ HubToken.isWellFormed($0) }) else {
            let around = token.reveal { $0.isEmpty ? nil : IDToken.wrapping($0) }
            throw .usage(
                "that is not a Hub token" + (around.map { ": \($0.reason)" } ?? ""),
                hint: around?.hint ?? "a token begins with hf_ and is one line")
        }
        guard token.reveal({ HubToken.Kind(in: $0) != .ticket }) else {
            throw .usage(
                "that is a ticket, which the Hub does not know; nothing was sent",
                hint: "have it refused where it is good: by the file that `serve.deny` of the manifest names")
        }
        return token
    }

    private func readText() throws(MintError) -> Secret {
        let isGiven = arguments.has(.tokenStdin)
        if !isGiven, let token = context.environment.secret(.hfToken) { return token }
        let path = context.environment[.hfTokenPath]
        guard isGiven || path != nil else {
            throw .usage(
                "there is no token here: neither HF_TOKEN nor HF_TOKEN_PATH is set",
                hint: "give it on stdin: hfmint revoke --token-stdin")
        }
        do throws(FileFailure) {
            guard !isGiven, let path else {
                return try context.files.readStandardInput(.whole, limit: Self.byteLimit)
            }
            guard let text = try context.files.read(path, limit: Self.byteLimit) else {
                throw FileFailure(path, "there is no such file")
            }
            return text
        } catch {
            throw MintError(.stateUnusable, "cannot read '\(error.path)': \(error.reason)")
        }
    }

    private func expiry(of token: borrowing Secret) -> String? {
        if let claimed = HubToken.claimedExpiry(of: token) { return claimed.rfc3339 }
        // The variable is about the job's own token, not about one that was found somewhere.
        return arguments.has(.tokenStdin) ? nil : context.environment[Environment.Key(VariableName.hfToken.expiresAt)]
    }

    private func report(_ observation: Revocation.Observation, expiry: String?) -> Report {
        let until = expiry.map { "expires \($0.printable)" } ?? "when it expires is not known"
        let line =
            switch observation {
            case .dead: "dead: it worked before the report, and was refused twice after"
            case .accepted:
                "accepted, \(until): \(endpoint.host) took the report, which does not say that the token died"
            case .cannotBeRevoked: "cannot be revoked, \(until)"
            }
        let tooLong = MintError(
            .exchangeRejected,
            "\(endpoint.host) takes no report of a token longer than \(LeakReport.longestToken) bytes",
            hint: "remove the Trusted Publisher that it came from, so that no new one is given")
        return Report(
            lines: [line], json: ["outcome": .string(observation.rawValue), "expires_at": .string(expiry)],
            failures: observation == .cannotBeRevoked ? [tooLong] : [])
    }
}
