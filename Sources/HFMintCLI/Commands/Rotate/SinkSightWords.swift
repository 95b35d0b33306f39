internal import HFMintCore

extension Inspection.SinkSight {
    /// Returns what is there, and what that means for the next rotation.
    func words(_ definition: RotationDefinition, _ command: RotateCommandLine) -> String {
        if let problem {
            return presence == nil
                ? "cannot be looked at now: \(problem)"
                : "something is there; a log-in with it cannot be tried now: \(problem)"
        }
        switch presence {
        case .absent: return missing(definition)
        case .unknown, nil: return "whether something is there does not show"
        case .there: break
        }
        switch logsIn {
        case true?: return "what is there logs in with the client"
        case false?:
            return "what is there does not log in with the client, so it may be the wrong place; if it may be lost:"
                + " `\(command("now", definition.name, "--overwrite"))`"
        case nil where definition.issuer.livesInSinks:
            return listedCount.map { "it holds \(counted($0, "secret")), the first of which is in use" }
                ?? "something is there, which the new secret replaces"
        case nil:
            return sink.isReadable && definition.verifier == nil
                ? "something is there; without 'verify' no log-in with it is tried"
                : "something is there; what it is does not show"
        }
    }

    /// Why the sink could not be looked at, for a line that begins with its target; `nil` if it could.
    var problem: String? {
        guard let message = failure?.message else { return nil }
        let target = "\(sink.target): "
        guard message.utf8.starts(with: target.utf8) else { return message }
        return String(decoding: message.utf8.dropFirst(target.utf8.count), as: UTF8.self)
    }

    private func missing(_ definition: RotationDefinition) -> String {
        definition.creatable.contains(sink.target)
            ? "nothing is there yet; the first rotation makes it"
            : "nothing is there yet; where the name is right, say `create: true`"
    }

    /// Returns what a plan says after the target.
    func planNotes(_ definition: RotationDefinition) -> String {
        var notes: [String] = []
        if let listedCount { notes.append("a list of \(listedCount)") }
        if !sink.isReadable { notes.append("cannot be read back") }
        if !sink.showsChange { notes.append("does not show when others overwrite it") }
        let text = notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
        if let problem { return "\(text): cannot be looked at now: \(problem)" }
        return presence == .absent ? "\(text): \(missing(definition))" : text
    }

    func json(_ definition: RotationDefinition) -> [JSONValue.Member] {
        [
            .init("target", .string(sink.target)),
            .init("presence", .string(presence?.rawValue)),
            .init("may_create", .bool(definition.creatable.contains(sink.target))),
            .init("shows_change", .bool(sink.showsChange)),
            .init("logs_in", logsIn.map { .bool($0) } ?? .null),
            .init("problem", .string(failure?.message)),
        ]
    }
}
