internal import HFMintCore

extension Command {
    package static let auditShow = Command(
        name: "audit show",
        summary: "show the records of an audit log",
        operands: "[LOG]",
        description: [
            "Prints one line for each record, oldest first; with --json the records as they are. Filters of one kind are"
                + " alternatives, filters of different kinds must all match. Whether the log can be trusted is what"
                + " `hfmint audit verify` says.",
            "TIME is RFC 3339 in UTC (2026-11-21T03:04:05Z), a day (2026-11-21), or how long ago: 30m, 2h, 7d.",
        ],
        options: [.event, .decision, .roles, .resource, .actor, .token, .since, .until, .last] + Option.auditing,
        examples: [
            Example(
                "what was granted in the last week", "hfmint audit show audit.jsonl --event exchange.granted --since 7d"
            ),
            Example(
                "who got a leaked token", "hfmint audit show audit.jsonl --token \"$(sha256sum < token | cut -c 1-64)\""
            ),
            Example("every refusal", "hfmint audit show audit.jsonl --decision denied --last 0"),
        ],
        run: records)

    private static func records(_ call: Call) throws(MintError) -> Report {
        let query = try query(call)
        let given = try call.arguments.number(.last, in: 0...1_000_000) ?? 100
        let last = given == 0 ? .max : given
        let log = try AuditLog(call)
        var splitter = LineSplitter()
        var shown: [AuditEntry] = []
        var (matching, malformed) = (0, 0)
        while let piece = try log.next() {
            splitter.read(piece.span) { line, isTooLong in
                guard !isTooLong, let entry = AuditEntry(line) else { return malformed += 1 }
                guard query.matches(entry) else { return }
                matching += 1
                shown.append(entry)
                // Removes the oldest in blocks, as each removal moves all others.
                if shown.count / 2 > last { shown.removeFirst(shown.count - last) }
            }
        }
        if splitter.isInLine { malformed += 1 }
        shown = Array(shown.suffix(last))
        if shown.count < matching {
            call.context.note("these are the last \(shown.count) of \(matching) records; --last 0 shows all")
        }
        if malformed > 0 {
            let lines = malformed == 1 ? "1 line is no record" : "\(malformed) lines are no records"
            call.context.note("\(lines): hfmint audit verify")
        }
        return Report(lines: shown.map(\.line), json: ["records": .array(shown.map(\.json))])
    }

    private static func query(_ call: Call) throws(MintError) -> AuditQuery {
        let (arguments, now) = (call.arguments, call.context.clock.now())
        var query = AuditQuery()
        query.events = arguments.values(.event)
        query.decisions = arguments.values(.decision)
        query.roles = arguments.values(.roles)
        query.resources = arguments.values(.resource)
        query.actors = arguments.values(.actor)
        query.tokens = arguments.values(.token)
        query.since = try moment(.since, arguments, now)
        query.until = try moment(.until, arguments, now)
        try checkEvents(query.events)
        return query
    }

    private static func checkEvents(_ events: [String]) throws(MintError) {
        let names = AuditEvent.Kind.allCases.map(\.rawValue)
        let groups = Set(names.compactMap { $0.utf8.split(separator: ASCII.dot).first.map { String(Substring($0)) } })
        let known = names + groups.sorted()
        for event in events where !known.contains(where: { $0.utf8.elementsEqual(event.utf8) }) {
            throw .usage(
                "there is no event '\(event)'",
                hint: didYouMean(event, among: known, ignoringCase: true) ?? "one of \(names.joined(separator: ", "))")
        }
    }

    /// Returns the moment that an option names, or nil if it was not given.
    private static func moment(
        _ option: Option, _ arguments: Arguments, _ now: Timestamp
    ) throws(MintError) -> Timestamp? {
        guard let text = arguments.value(option) else { return nil }
        if let ago = Seconds(parsing: text) { return now + -ago.count }
        if let moment = Timestamp(internetDate: text) ?? Timestamp(internetDate: text + "T00:00:00Z") { return moment }
        throw .usage(
            "--\(option.name): '\(text)' is no time", hint: "2026-11-21T03:04:05Z, 2026-11-21, or 7d for seven days ago"
        )
    }
}

extension Option {
    fileprivate static let event = Option(
        "event", "EVENT", repeats: true, choices: AuditEvent.Kind.allCases.map(\.rawValue),
        help: "this event, such as exchange.granted, or a group of them, such as exchange")
    fileprivate static let decision = Option(
        "decision", "DECISION", repeats: true, choices: AuditEvent.Verdict.allCases.map(\.rawValue),
        help: "allowed, denied or failed")
    fileprivate static let roles = Option("role", "ROLE", repeats: true, help: "for this role")
    fileprivate static let resource = Option("resource", "RESOURCE", repeats: true, help: "for this resource")
    fileprivate static let actor = Option("actor", "TEXT", repeats: true, help: "by this subject or issuer")
    fileprivate static let token = Option(
        "token", "SHA256", repeats: true, help: "of the token with this SHA-256, or one that begins so")
    fileprivate static let since = Option("since", "TIME", help: "not before")
    fileprivate static let until = Option("until", "TIME", help: "before")
    fileprivate static let last = Option("last", "N", help: "the last N that match (default: 100; 0: all)")
}
