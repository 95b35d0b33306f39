internal import HFMintCore

extension Inspection {
    /// The lines of `rotate status --check`.
    var lines: [String] {
        var lines = issuerLines
        lines += sinks.compactMap { sink in
            if let problem = sink.problem { return "  check      \(sink.sink.target): not seen: \(problem)" }
            return sink.standingInWords.map { "  check      \(sink.sink.target): \($0)" }
        }
        return lines
    }

    private var issuerLines: [String] {
        switch issuer {
        case .notAsked: ["  check      the issuer was not asked"]
        case .asLeft(let others) where others.isEmpty: ["  check      the issuer has what it should"]
        case .asLeft(let others):
            [
                "  check      the issuer has what it should, and others that are not ours: \(others.joined(separator: ", "))"
            ]
        case .drifted(let what): ["  check      drift: \(what)"]
        case .silent(let failure): ["  check      the issuer: not seen: \(failure.message)"]
        }
    }

    /// Returns an error for each drift, and for each issuer or sink that could not be looked at.
    ///
    /// - Parameter isRunning: whether a run is under way. A run mends its sinks itself, before it retires anything.
    func errors(for name: String, isRunning: Bool, _ command: RotateCommandLine) -> [MintError] {
        var errors: [MintError] = []
        if case .drifted(let what) = issuer { errors.append(drift(name, what, isRunning, command)) }
        for sink in sinks where sink.hasDrift {
            errors.append(drift(name, "\(sink.sink.target): \(sink.standingInWords ?? "")", isRunning, command))
        }
        return errors
            + failures.map { failure in
                MintError(
                    failure.kind == .refused ? .issuerRefused : .serviceUnavailable, "\(name): \(failure.message)",
                    hint: "nothing is known of it until it can be looked at: \(command("status", "--check"))")
            }
    }

    private func drift(_ name: String, _ what: String, _ isRunning: Bool, _ command: RotateCommandLine) -> MintError {
        MintError(
            .driftFound, "\(name): \(what)",
            hint: isRunning
                ? "stop what wrote it; before the old secret is retired, `\(command("run"))` looks again, and mends it or"
                    + " asks"
                : "stop what wrote it; then a new secret for every sink: \(command("now", name))")
    }

    var json: JSONValue {
        let (word, detail, others): (String, String?, [String]) =
            switch issuer {
            case .notAsked: ("not-asked", nil, [])
            case .asLeft(let others): ("same", nil, others)
            case .drifted(let what): ("drift", what, [])
            case .silent(let failure): ("unknown", failure.message, [])
            }
        return [
            "drift": .bool(hasDrift),
            "issuer": .string(word),
            "problem": .string(detail),
            "not_ours": .strings(others),
            "sinks": .array(
                sinks.map { sink in
                    [
                        "target": .string(sink.sink.target), "presence": .string(sink.presence?.rawValue),
                        "standing": .string(sink.standing?.rawValue), "problem": .string(sink.failure?.message),
                    ]
                }),
        ]
    }
}

extension Inspection.SinkSight {
    /// Whether the sink still holds what it was given; if it was given nothing, whether nothing is there.
    fileprivate var standingInWords: String? {
        switch standing {
        case .same: "holds what it was given"
        case .changed: "drift: somebody else has written it since"
        case .gone: "drift: what it was given is not there any more"
        case .notShown: "does not show whether it holds what it was given"
        case nil: presence == .absent ? "nothing is there yet" : nil
        }
    }
}
