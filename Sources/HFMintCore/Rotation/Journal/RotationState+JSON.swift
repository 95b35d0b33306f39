extension RotationState {
    /// Another version's journal is not guessed at: an intent that is not understood would be repeated.
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
            "death_evidence": .string(deathEvidence),
            "events": .array(events.map(\.json)),
            "attempts": .integer(attempts),
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

    /// `nil` for anything that this version did not write.
    package init?(_ place: ManifestNode) {
        self.init()
        guard place["format"]?.integer == Self.format, let phase = place["phase"]?.string.flatMap(Phase.init),
            let run = place["run"]?.integer,
            let cause = place["cause"]?.string.flatMap(Cause.init), let definition = place["definition"]?.string,
            let attempts = place["attempts"]?.integer, let touched = place["has_touched_sinks"]?.bool
        else { return nil }
        (self.phase, self.run, self.cause, self.definition, self.attempts) = (phase, run, cause, definition, attempts)
        hasTouchedSinks = touched
        startedAt = place["started_at"]?.moment
        slot = place["slot"]?.moment
        knownIDs = place["known_ids"]?.elements.compactMap(\.string) ?? []
        predecessor = place["predecessor"]?.string
        predecessorSHA256 = place["predecessor_sha256"]?.string
        if let act = place["pending"], !act.isNull {
            guard let act = Act(act) else { return nil }
            pending = act
        }
        created = place["created"].flatMap(Created.init)
        lost = place["lost"]?.elements.compactMap(\.string) ?? []
        sinks = place["sinks"]?.elements.compactMap(SinkProgress.init) ?? []
        overlapEndsAt = place["overlap_ends_at"]?.moment
        deathEvidence = place["death_evidence"]?.string
        events = place["events"]?.elements.compactMap(CallbackEvent.init) ?? []
        dueAt = place["due_at"]?.moment
        problem = place["problem"]?.string
        attention = place["attention"].flatMap(Attention.init)
        wanted = place["wanted"].flatMap(Wanted.init)
        graceEndsAt = place["grace_ends_at"]?.moment
        graceSetAt = place["grace_set_at"]?.moment
        strangers = place["strangers"]?.elements.compactMap(\.string) ?? []
        closedEndpoints = place["closed_endpoints"]?.elements.compactMap(\.string) ?? []
        adoptedExpiresAt = place["adopted_expires_at"]?.moment
        enabledAt = place["enabled_at"]?.moment
        adopted = place["adopted"]?.string
        mayOverwrite = place["may_overwrite"]?.elements.compactMap(\.string) ?? []
        last = place["last"].flatMap(Completed.init)
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

    fileprivate init?(_ place: ManifestNode) {
        switch place["act"]?.string {
        case "create": self = .create(sha256: place["sha256"]?.string)
        case "remove-created": self = .removeCreated
        case "write":
            guard let sink = place["sink"]?.string else { return nil }
            self = .write(sink: sink)
        case "deactivate": self = .deactivate
        case "delete": self = .delete
        default: return nil
        }
    }
}

extension Attention {
    fileprivate init?(_ place: ManifestNode) {
        guard let reason = place["reason"]?.string.flatMap(Reason.init), let message = place["message"]?.string
        else { return nil }
        self.init(reason, message)
    }
}

extension RotationState.Wanted {
    fileprivate init?(_ place: ManifestNode) {
        guard let cause = place["cause"]?.string.flatMap(RotationState.Cause.init) else { return nil }
        self.init(cause: cause, slot: place["slot"]?.moment)
    }
}

extension RotationState.Created {
    fileprivate init?(_ place: ManifestNode) {
        guard let id = place["id"]?.string, let sha256 = place["sha256"]?.string else { return nil }
        self.init(id: id, sha256: sha256, expiresAt: place["expires_at"]?.moment)
    }
}

extension RotationState.SinkProgress {
    fileprivate init?(_ place: ManifestNode) {
        guard let target = place["target"]?.string else { return nil }
        self.init(
            target: target, evidence: place["evidence"].flatMap(Evidence.init),
            timesOverwritten: place["times_overwritten"]?.integer ?? 0)
    }
}

extension RotationState.Completed {
    fileprivate init?(_ place: ManifestNode) {
        guard let id = place["id"]?.string, let at = place["at"]?.moment else { return nil }
        self.init(id: id, at: at, slot: place["slot"]?.moment, expiresAt: place["expires_at"]?.moment)
    }
}

extension Evidence {
    package var json: JSONValue { ["kind": .string(kind.rawValue), "detail": .string(detail)] }

    fileprivate init?(_ place: ManifestNode) {
        guard let kind = place["kind"]?.string.flatMap(Kind.init) else { return nil }
        self.init(kind, place["detail"]?.string)
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
                        "attempts": .integer($0.attempts), "due_at": .moment($0.dueAt),
                        "problem": .string($0.problem),
                    ]
                }),
        ]
    }

    fileprivate init?(_ place: ManifestNode) {
        guard let id = place["id"]?.string, let run = place["run"]?.integer,
            let kind = place["kind"]?.string.flatMap(Kind.init), let at = place["at"]?.moment
        else { return nil }
        self.init(
            id: id, run: run, kind: kind, at: at, secretID: place["secret_id"]?.string,
            notBefore: place["not_before"]?.moment,
            deliveries: place["deliveries"]?.elements.compactMap(Delivery.init) ?? [])
    }
}

extension CallbackEvent.Delivery {
    fileprivate init?(_ place: ManifestNode) {
        guard let url = place["url"]?.string, let status = place["status"]?.string.flatMap(Status.init),
            let attempts = place["attempts"]?.integer, let due = place["due_at"]?.moment
        else { return nil }
        self.init(url: url, status: status, attempts: attempts, dueAt: due, problem: place["problem"]?.string)
    }
}

extension JSONValue {
    /// Seconds since 1970, or null.
    static func moment(_ moment: Timestamp?) -> JSONValue {
        moment.map { .integer($0.secondsSince1970) } ?? .null
    }
}

extension ManifestNode {
    var moment: Timestamp? { integer.map { Timestamp(secondsSince1970: $0) } }
}
