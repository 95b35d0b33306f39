extension CommandSink {
    static let kind = Kind<any Sink>(
        "command", help: "a program of yours, which gets the value on stdin",
        schema: ObjectShape(
            [
                .required(
                    "command", .array(.string(.any), atLeast: 1),
                    "an absolute path and its arguments; there is no shell"),
                .optional("preflight", .bool, "whether it is also called to see whether a write would work (false)"),
                .optional("readable", .bool, "whether it is also called to read the value back (false)"),
                .optional(
                    "evidence", .bool, "whether it is also called to show its version or time of change again (false)"),
                .optional("timeout", .string(.duration), "how long one call may take, 1s to 10m (30s)"),
            ],
            rule: { $0.programComplaint })
    ) { settings in
        CommandSink(settings)
    }
}

/// A program that puts the value where hfmint cannot.
///
/// On stdin: one line of JSON, `{"operation":"write","token":"…"}`, and after it, for `write`, the bytes of the value
/// up to the end, without a line break of ours. `preflight` and `read` are called only where the manifest says so, as
/// a program that does not look at the operation would store the empty value; so is `evidence`. On stdout: for `read` the
/// value, or nothing where there is none; for `write` nothing, or `{"evidence":"version","detail":"7"}` (or `updated`);
/// for `evidence` the same of what is there now, `{}` where it is there and has none, or nothing where there is nothing.
/// The same token twice is the same write, so that what its end leaves open is tried again: see ``ProcessFailure/meaning``.
struct CommandSink: Sink {
    let target: String
    let isReadable: Bool
    private let program: CommandProgram
    private let hasPreflight: Bool
    private let hasEvidence: Bool
    private let context: Context

    var showsChange: Bool { isReadable || hasEvidence }

    init(_ settings: Settings) {
        let words = settings.words("command")
        hasPreflight = settings.flag("preflight")
        hasEvidence = settings.flag("evidence")
        isReadable = settings.flag("readable")
        context = settings.context
        target = settings.target(words.joined(separator: " "))
        program = CommandProgram(
            target, words: words, timeLimit: .seconds(settings.seconds("timeout") ?? 30), context: context)
    }

    func preflight() throws(StepFailure) {
        if let complaint = RotationNeed.complaint(about: program.path, in: context) {
            throw StepFailure(.refused, "\(target): \(complaint)")
        }
        if hasPreflight { _ = try run("preflight") }
    }

    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        let output = try run("write", idempotencyKey, value)
        guard isReadable else { return evidence(output, value) }
        guard let found = try read(), found.holdsSameBytes(as: value) else {
            throw StepFailure(.transient(retryAfterSeconds: nil), "\(target): it does not read what was written")
        }
        return Evidence(.readBack)
    }

    private func read() throws(StepFailure) -> Secret? {
        let value = try run("read").withoutTrailingLineBreak()
        guard value.byteCount > 0 else { return nil }
        return value
    }

    func look() throws(StepFailure) -> Sighting {
        if isReadable { return Sighting(showing: try read()) }
        guard hasEvidence else { return Sighting(.unknown) }
        let output = try run("evidence").withoutTrailingLineBreak()
        guard output.byteCount > 0 else { return Sighting(.absent) }
        return Sighting(.there, mark: evidence(output)?.detail)
    }

    /// What it printed, where that is what it may print, and does not hold the value.
    private func evidence(_ output: consuming Secret, _ value: borrowing Secret) -> Evidence {
        guard !output.holds(value) else { return Evidence(.accepted) }
        return evidence(output) ?? Evidence(.accepted)
    }

    private func evidence(_ output: consuming Secret) -> Evidence? {
        guard output.byteCount <= 1_024 else { return nil }
        return output.reveal { text in
            guard let root = try? readJSON(text, limits: .answer),
                let kind = root["evidence"]?.text(in: text).flatMap({ Evidence.Kind(rawValue: $0) }), kind != .readBack
            else { return nil }
            return Evidence(kind, root["detail"]?.text(in: text)?.plain)
        }
    }

    private func run(
        _ operation: String, _ idempotencyKey: String? = nil, _ value: borrowing Secret = Secret(copying: [])
    ) throws(StepFailure) -> Secret {
        let token = idempotencyKey.map { ",\"token\":\(JSONString.quoted($0))" } ?? ""
        let input = value.enclosed(by: "{\"operation\":\"\(operation)\"\(token)}\n", and: "")
        return try program.run(operation, SharedSecret(input), effect: .repeatable)
    }
}
