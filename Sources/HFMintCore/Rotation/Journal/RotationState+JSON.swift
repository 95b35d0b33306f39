extension RotationState {
    /// The version of the format; another one is refused, as an intent that is not understood would be repeated.
    private static let format = 1

    package var json: JSONValue {
        [
            "format": .integer(Self.format),
            "phase": .string(phase.rawValue),
            "run": .integer(run),
            "cause": .string(cause.rawValue),
            "started_at": .moment(startedAt),
            "slot": .moment(slot),
            "definition": .string(definition),
            "known_ids": .array(knownIDs.map { .string($0) }),
            "predecessor": .string(predecessor),
            "predecessor_sha256": .string(predecessorSHA256),
            "pending": pending?.json ?? .null,
            "created": created.map {
                ["id": .string($0.id), "sha256": .string($0.sha256), "expires_at": .moment($0.expiresAt)]
            } ?? .null,
            "lost": .array(lost.map { .string($0) }),
            "sinks": .array(
                sinks.map {
                    [
                        "target": .string($0.target), "evidence": $0.evidence?.json ?? .null,
                        "times_overwritten": .integer($0.timesOverwritten),
                    ]
                }),
            "has_touched_sinks": .bool(hasTouchedSinks),
            "overlap_ends_at": .moment(overlapEndsAt),
            "death_evidence": .string(deathProof),
            "events": .array(events.map(\.json)),
            "attempts": .integer(failedTries),
            "due_at": .moment(dueAt),
            "problem": .string(problem),
            "attention": attention.map {
                ["reason": .string($0.reason.rawValue), "message": .string($0.message)]
            } ?? .null,
            "wanted": wanted.map { ["cause": .string($0.cause.rawValue), "slot": .moment($0.slot)] } ?? .null,
            "grace_ends_at": .moment(graceEndsAt),
            "grace_set_at": .moment(graceSetAt),
            "strangers": .array(strangers.map { .string($0) }),
            "closed_endpoints": .array(closedEndpoints.map { .string($0) }),
            "adopted_expires_at": .moment(adoptedExpiresAt),
            "enabled_at": .moment(enabledAt),
            "adopted": .string(adopted),
            "may_overwrite": .array(mayOverwrite.map { .string($0) }),
            "last": last.map {
                [
                    "id": .string($0.id), "at": .moment($0.at), "slot": .moment($0.slot),
                    "expires_at": .moment($0.expiresAt),
                ]
            } ?? .null,
        ]
    }

    /// Reads a state, or returns nil if this version did not write it.
    package init?(_ node: ManifestNode) {
        self.init()
        guard node["format"]?.integer == Self.format, let phase = node["phase"]?.string.flatMap(Phase.init),
            let run = node["run"]?.integer,
            let cause = node["cause"]?.string.flatMap(Cause.init), let definition = node["definition"]?.string,
            let failedTries = node["attempts"]?.integer, let touched = node["has_touched_sinks"]?.bool
        else { return nil }
        (self.phase, self.run, self.cause, self.definition) = (phase, run, cause, definition)
        self.failedTries = failedTries
        hasTouchedSinks = touched
        startedAt = node["started_at"]?.moment
        slot = node["slot"]?.moment
        knownIDs = node["known_ids"]?.elements.compactMap(\.string) ?? []
        predecessor = node["predecessor"]?.string
        predecessorSHA256 = node["predecessor_sha256"]?.string
        if let act = node["pending"], !act.isNull {
            guard let act = Act(act) else { return nil }
            pending = act
        }
        created = node["created"].flatMap(Created.init)
        lost = node["lost"]?.elements.compactMap(\.string) ?? []
        sinks = node["sinks"]?.elements.compactMap(SinkState.init) ?? []
        overlapEndsAt = node["overlap_ends_at"]?.moment
        deathProof = node["death_evidence"]?.string
        events = node["events"]?.elements.compactMap(CallbackEvent.init) ?? []
        dueAt = node["due_at"]?.moment
        problem = node["problem"]?.string
        attention = node["attention"].flatMap(Attention.init)
        wanted = node["wanted"].flatMap(Wanted.init)
        graceEndsAt = node["grace_ends_at"]?.moment
        graceSetAt = node["grace_set_at"]?.moment
        strangers = node["strangers"]?.elements.compactMap(\.string) ?? []
        closedEndpoints = node["closed_endpoints"]?.elements.compactMap(\.string) ?? []
        adoptedExpiresAt = node["adopted_expires_at"]?.moment
        enabledAt = node["enabled_at"]?.moment
        adopted = node["adopted"]?.string
        mayOverwrite = node["may_overwrite"]?.elements.compactMap(\.string) ?? []
        last = node["last"].flatMap(Completed.init)
    }
}

extension RotationState.Act {
    fileprivate var json: JSONValue {
        switch self {
        case .create(let sha256): ["act": "create", "sha256": .string(sha256)]
        case .removeCreated: ["act": "remove-created"]
        case .write(let sink): ["act": "write", "sink": .string(sink)]
        case .deactivate: ["act": "deactivate"]
        case .delete: ["act": "delete"]
        }
    }

    fileprivate init?(_ node: ManifestNode) {
        switch node["act"]?.string {
        case "create": self = .create(sha256: node["sha256"]?.string)
        case "remove-created": self = .removeCreated
        case "write":
            guard let sink = node["sink"]?.string else { return nil }
            self = .write(sink: sink)
        case "deactivate": self = .deactivate
        case "delete": self = .delete
        default: return nil
        }
    }
}

extension Attention {
    fileprivate init?(_ node: ManifestNode) {
        guard let reason = node["reason"]?.string.flatMap(Reason.init), let message = node["message"]?.string
        else { return nil }
        self.init(reason, message)
    }
}

extension RotationState.Wanted {
    fileprivate init?(_ node: ManifestNode) {
        guard let cause = node["cause"]?.string.flatMap(RotationState.Cause.init) else { return nil }
        self.init(cause: cause, slot: node["slot"]?.moment)
    }
}

extension RotationState.Created {
    fileprivate init?(_ node: ManifestNode) {
        guard let id = node["id"]?.string, let sha256 = node["sha256"]?.string else { return nil }
        self.init(id: id, sha256: sha256, expiresAt: node["expires_at"]?.moment)
    }
}

extension RotationState.SinkState {
    fileprivate init?(_ node: ManifestNode) {
        guard let target = node["target"]?.string else { return nil }
        self.init(
            target: target, evidence: node["evidence"].flatMap(Evidence.init),
            timesOverwritten: node["times_overwritten"]?.integer ?? 0)
    }
}

extension RotationState.Completed {
    fileprivate init?(_ node: ManifestNode) {
        guard let id = node["id"]?.string, let at = node["at"]?.moment else { return nil }
        self.init(id: id, at: at, slot: node["slot"]?.moment, expiresAt: node["expires_at"]?.moment)
    }
}

extension Evidence {
    package var json: JSONValue { ["kind": .string(kind.rawValue), "detail": .string(detail)] }

    fileprivate init?(_ node: ManifestNode) {
        guard let kind = node["kind"]?.string.flatMap(Kind.init) else { return nil }
        self.init(kind, node["detail"]?.string)
    }
}

extension CallbackEvent {
    fileprivate var json: JSONValue {
        [
            "id": .string(id), "run": .integer(run), "kind": .string(kind.rawValue), "at": .moment(at),
            "secret_id": .string(secretID), "not_before": .moment(notBefore),
            "deliveries": .array(
                deliveries.map {
                    [
                        "url": .string($0.url), "status": .string($0.status.rawValue),
                        "attempts": .integer($0.tries), "due_at": .moment($0.dueAt),
                        "problem": .string($0.problem),
                    ]
                }),
        ]
    }

    /// Returns the second last part of an id, as a number.
    private static func run(inID id: String) -> Int? {
        id.utf8.split(separator: ASCII.dot).dropLast().last.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    }

    fileprivate init?(_ node: ManifestNode) {
        // Journals of earlier versions have the run only in the id, such as `chat.3.created`.
        guard let id = node["id"]?.string, let run = node["run"]?.integer ?? Self.run(inID: id),
            let kind = node["kind"]?.string.flatMap(Kind.init), let at = node["at"]?.moment
        else { return nil }
        self.init(
            id: id, run: run, kind: kind, at: at, secretID: node["secret_id"]?.string,
            notBefore: node["not_before"]?.moment,
            deliveries: node["deliveries"]?.elements.compactMap(Delivery.init) ?? [])
    }
}

extension CallbackEvent.Delivery {
    fileprivate init?(_ node: ManifestNode) {
        guard let url = node["url"]?.string, let status = node["status"]?.string.flatMap(Status.init),
            let tries = node["attempts"]?.integer, let due = node["due_at"]?.moment
        else { return nil }
        self.init(url: url, status: status, tries: tries, dueAt: due, problem: node["problem"]?.string)
    }
}

extension JSONValue {
    /// Returns seconds since 1970, or null.
    static func moment(_ moment: Timestamp?) -> JSONValue {
        moment.map { .integer($0.secondsSince1970) } ?? .null
    }
}

extension ManifestNode {
    var moment: Timestamp? { integer.map { Timestamp(secondsSince1970: $0) } }
}
