extension RotationState {
    package var json: JSONValue { Self.coding.write(self) }

    /// Reads a state, or returns nil if this version did not write it.
    package init?(_ node: ManifestNode) {
        guard let state = Self.coding.read(node) else { return nil }
        self = state
    }

    private static let coding = JournalCoding.record(
        RotationState(),
        [
            format,
            .required("phase", \.phase, .word()),
            .required("run", \.run.number, .number),
            .required("cause", \.run.cause, .word()),
            .optional("started_at", \.run.startedAt, .moment),
            .optional("slot", \.run.slot, .moment),
            .required("definition", \.run.definition, .text),
            .value("known_ids", \.ids.known, .list(.text)),
            .optional("predecessor", \.predecessor.id, .text),
            .optional("predecessor_sha256", \.predecessor.sha256, .text),
            .optional("pending", \.pending, act, isStrict: true),
            .optional("created", \.successor, successor),
            .value("lost", \.ids.lost, .list(.text)),
            .value("sinks", \.delivery.sinks, .list(sink)),
            .required("has_touched_sinks", \.delivery.hasTouchedSinks, .flag),
            .optional("used_from", \.deadlines.usedFrom, .moment),
            .optional("overlap_ends_at", \.deadlines.overlapEndsAt, .moment),
            .optional("death_evidence", \.predecessor.deathProof, .text),
            .value("events", \.told.events, .list(event)),
            .required("attempts", \.retry.failedTries, .number),
            .optional("due_at", \.retry.dueAt, .moment),
            .optional("problem", \.retry.problem, .text),
            .optional("attention", \.attention, attention),
            .optional("wanted", \.timetable.wanted, wanted),
            .optional("grace_ends_at", \.deadlines.graceEndsAt, .moment),
            .optional("grace_set_at", \.deadlines.graceSetAt, .moment),
            .value("strangers", \.ids.strangers, .list(.text)),
            .value("closed_endpoints", \.told.closedEndpoints, .list(.text)),
            .optional("adopted_expires_at", \.timetable.adoptedExpiresAt, .moment),
            .optional("enabled_at", \.timetable.enabledAt, .moment),
            .optional("adopted", \.timetable.adopted, .text),
            .value("may_overwrite", \.delivery.mayOverwrite, .list(.text)),
            .optional("last", \.timetable.last, completed),
        ])

    /// The version of the format; another one is refused, as an intent that is not understood would be repeated.
    private static let format = JournalField<RotationState>(
        name: "format", write: { _ in .integer(1) }, read: { member, _ in member?.integer == 1 })

    private static let act = JournalCoding<Act> { act in
        switch act {
        case .create(let sha256): ["act": "create", "sha256": .string(sha256)]
        case .removeCreated: ["act": "remove-created"]
        case .write(let sink): ["act": "write", "sink": .string(sink)]
        case .deactivate: ["act": "deactivate"]
        case .delete: ["act": "delete"]
        }
    } read: { node in
        switch node["act"]?.string {
        case "create": .create(sha256: node["sha256"]?.string)
        case "remove-created": .removeCreated
        case "write": node["sink"]?.string.map { .write(sink: $0) }
        case "deactivate": .deactivate
        case "delete": .delete
        default: nil
        }
    }

    private static let successor = JournalCoding.record(
        Successor(),
        [
            .required("id", \.id, .text), .required("sha256", \.sha256, .text),
            .optional("expires_at", \.expiresAt, .moment),
        ])

    private static let sink = JournalCoding.record(
        Delivery.Sink(),
        [
            .required("target", \.target, .text), .optional("evidence", \.evidence, evidence),
            .value("is_added", \.isAdded, .flag), .value("times_overwritten", \.timesOverwritten, .number),
        ])

    private static let evidence = JournalCoding.record(
        Evidence(.accepted), [.required("kind", \.kind, .word()), .optional("detail", \.detail, .text)])

    private static let attention = JournalCoding.record(
        Attention(.refused, ""), [.required("reason", \.reason, .word()), .required("message", \.message, .text)])

    private static let wanted = JournalCoding.record(
        Wanted(), [.required("cause", \.cause, .word()), .optional("slot", \.slot, .moment)])

    private static let completed = JournalCoding.record(
        Completed(),
        [
            .required("id", \.id, .text), .required("at", \.at, .moment), .optional("slot", \.slot, .moment),
            .optional("expires_at", \.expiresAt, .moment),
        ])

    private static let event = JournalCoding.record(
        CallbackEvent(),
        [
            .required("id", \.id, .text), runOfEvent, .required("kind", \.kind, .word()),
            .required("at", \.at, .moment), .optional("secret_id", \.secretID, .text),
            .optional("not_before", \.notBefore, .moment), .value("deliveries", \.deliveries, .list(notice)),
        ])

    /// The run of an event, which journals of earlier versions have only in its id, such as `chat.3.created`.
    private static let runOfEvent = JournalField<CallbackEvent>(name: "run") {
        .integer($0.run)
    } read: { member, event in
        let part = event.id.utf8.split(separator: ASCII.dot).dropLast().last
        guard let run = member?.integer ?? part.flatMap({ Int(String(decoding: $0, as: UTF8.self)) }) else {
            return false
        }
        event.run = run
        return true
    }

    private static let notice = JournalCoding.record(
        CallbackEvent.Delivery(),
        [
            .required("url", \.url, .text), .required("status", \.status, .word()),
            .required("attempts", \.tries, .number), .required("due_at", \.dueAt, .moment),
            .optional("problem", \.problem, .text),
        ])
}
