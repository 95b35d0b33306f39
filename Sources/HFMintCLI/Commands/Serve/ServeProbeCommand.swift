internal import HFMintCore

extension Command {
    package static let serveProbe = Command(
        name: "serve probe",
        summary: "attack a running front door, and say what got through",
        operands: "URL",
        description: [
            "Sends a front door every kind of request that it must refuse: paths that two programs read differently,"
                + " headers that speak in the web server's name, forged tokens and tickets, and what no ticket allows."
                + " It prints what became of each, and exits 3 if one got through, 6 if it cannot be told of one, and"
                + " else 0.",
            "Without a ticket the requests come from nobody. With --ticket-file they come from somebody who is let in,"
                + " and try what the ticket must not do. --allowed names a repository that may be read: it proves that"
                + " the front door does let somebody in, and lets every bent path aim at what is there to be read.",
            "Nothing is lost where a request gets through: it reads, or it names a repository of an owner that nobody"
                + " has (hfmint-probe-…). The ticket is sent to URL alone, and no redirect is followed. Ask those who"
                + " run the front door first: their log will show an attack.",
            "With a manifest, forged tokens have the issuer and the claims of its first grant.",
        ],
        options: [.ticketFile, .allowed, .manifest] + Option.reporting,
        examples: [
            Example("as nobody", "hfmint serve probe https://hub.acme.example"),
            Example(
                "as a job that may read acme/model",
                "hfmint serve probe https://hub.acme.example --ticket-file ticket --allowed acme/model"),
        ],
        run: probe)

    private static func probe(_ call: Call) throws(MintError) -> Report {
        let front = try frontDoor(call.arguments.operands)
        let allowed = try call.arguments.value(.allowed).map { text throws(MintError) in
            let resource = try Resource(parsing: text, endpoint: front)
            guard resource.apiPath != nil else {
                throw .usage("'\(text)' is no model, no dataset and no Space", hint: Command.serveProbe.helpHint)
            }
            return resource
        }
        let tokens = try forgedTokens(call, front)
        let ticket = try call.arguments.value(.ticketFile).map { path throws(MintError) in
            try readTicket(at: path, in: call.context)
        }
        call.context.note("attacking \(front) as \(ticket == nil ? "somebody without a ticket" : "the ticket's owner")")
        let report = try Prober(front, ticket: ticket, allowed: allowed, tokens: tokens, in: call.context).run()
        if !report.marksRefusals {
            call.context.note(
                "its refusals carry no X-Error-Code of hfmint's: a 401 or 404 of the Hub may look like one of its own")
        }
        return Report(lines: report.lines, json: report.json, failures: report.failures)
    }

    private static func frontDoor(_ operands: [String]) throws(MintError) -> Origin {
        guard operands.count == 1 else {
            throw .usage("'hfmint serve probe' takes one URL", hint: Command.serveProbe.helpHint)
        }
        guard let url = HTTPURL(operands[0]), url.target.utf8.elementsEqual("/".utf8) else {
            throw .usage(
                "'\(operands[0])' is not the origin of a front door",
                hint: "write it without a path: https://hub.acme.example")
        }
        guard url.isConfidential else {
            throw .usage(
                "'\(operands[0])' is plain http to another machine, which is never used",
                hint: "write https://\(url.origin.authority)")
        }
        return url.origin
    }

    private static func forgedTokens(_ call: Call, _ front: Origin) throws(MintError) -> ForgedTokens {
        let now = call.context.clock.now()
        guard let path = try call.namedManifest() else { return ForgedTokens(like: nil, audience: front, now: now) }
        let manifest = try Manifest(at: path, in: call.context.machine)
        guard let definition = manifest.serve else {
            throw MintError(
                .manifestInvalid, "'\(path)' has no 'serve', and so has no front door",
                hint: "`hfmint manifest schema` prints what it may say")
        }
        guard front.isLoopback || definition.host(named: front.host) != nil else {
            throw .usage(
                "'\(path)' serves no host named \(front.host)",
                hint: "it serves \(definition.hosts.map(\.name).joined(separator: ", "))")
        }
        if definition.mode == .audit {
            call.context.note("'\(path)' says mode \"audit\": what would be refused is let through on purpose")
        }
        return ForgedTokens(like: try manifest.policy().grants.first, audience: definition.origin, now: now)
    }

    /// Reads the ticket, which the first line of a file or standard input (`-`) holds.
    private static func readTicket(at path: String, in context: Context) throws(MintError) -> SharedSecret {
        let ticket: Secret
        do throws(FileFailure) {
            if path == "-" {
                ticket = try context.files.readStandardInput(.whole, limit: 16 << 10)
            } else {
                guard let found = try context.files.read(path, limit: 16 << 10) else {
                    throw FileFailure(path, "there is no such file")
                }
                ticket = found
            }
        } catch {
            throw MintError(
                .stateUnusable, "cannot read '\(error.path)': \(error.reason)", hint: "give a file that holds a ticket")
        }
        let word = ticket.withoutBlanksAround()
        guard word.byteCount > 0, word.reveal({ text in text.indices.allSatisfy { text[$0].isASCIIVisible } }) else {
            throw .usage("'\(path)' holds no ticket", hint: "give a file whose one line is a ticket")
        }
        return SharedSecret(word)
    }
}

extension Option {
    fileprivate static let ticketFile = Option(
        "ticket-file", "PATH", help: "send the ticket in this file, or on stdin with '-' (default: no credential)")
    fileprivate static let allowed = Option(
        "allowed", "REPOSITORY", help: "a repository that the ticket, or without one anybody, may read")
}

extension ProbeReport {
    fileprivate var lines: [String] {
        let rows = findings.map { finding in
            (finding.verdict.word.padded(to: 11) + "  " + finding.answer.word.padded(to: 6), finding.attack.name)
        }
        let counts = "\(heldCount) held, \(through.count) got through, \(unclear.count) unclear"
        return columns(rows) + ["", counts]
    }

    fileprivate var json: JSONValue {
        [
            "front": .string(front.description), "marks_refusals": .bool(marksRefusals), "held": .integer(heldCount),
            "got_through": .integer(through.count), "unclear": .integer(unclear.count),
            "attacks": .array(findings.map(\.json)),
        ]
    }
}

extension ProbeFinding {
    fileprivate var json: JSONValue {
        [
            "name": .string(attack.name), "kind": .string(attack.family.rawValue), "sent": .string(attack.sent),
            "headers": .strings(attack.headers.map(\.name)), "status": answer.status.map { .integer($0) } ?? .null,
            "verdict": .string(verdict.key), "reason": .string(verdict.reason),
        ]
    }
}

extension ProbeAnswer {
    /// The answer in one word.
    fileprivate var word: String {
        switch end {
        case .status(let status): "\(status)"
        case .closed: "closed"
        case .long: "long"
        case .none: "none"
        }
    }
}
