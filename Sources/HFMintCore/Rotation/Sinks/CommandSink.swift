extension CommandSink {
    static let kind = Kind<any Sink>(
        "command", help: "a program of yours, which gets the value on stdin",
        schema: ObjectShape(
            [
                .command("an absolute path and its arguments; there is no shell"),
                .optional("preflight", .bool, "whether it is also called to see whether a write would work (false)"),
                .optional("readable", .bool, "whether it is also called to read the value back (false)"),
                .optional(
                    "evidence", .bool, "whether it is also called to show its version or time of change again (false)"),
                .optional("timeout", .string(.duration), "how long one call may take, 1s to 10m (30s)"),
            ],
            rule: { $0.programComplaint }),
        build: CommandSink.init)
}

/// A program that puts the value where hfmint cannot.
///
/// Its stdin is one line of JSON, `{"operation":"write","token":"…"}`, and for `write` the bytes of the value after it.
/// Two writes with one token are the same write, so one whose end leaves it open (``ProcessFailure/meaning``) is tried
/// again. Its stdout is:
///
/// - for `write`: nothing, or `{"evidence":"version","detail":"7"}`, or the same with `updated`;
/// - for `read`: the value, or nothing if there is none;
/// - for `evidence`: as for `write`, of what is there now; `{}` if that shows no evidence; nothing if nothing is there;
/// - for `preflight`: anything.
///
/// hfmint calls the last three only if the manifest says so, as a program that does not look at the operation would
/// store the empty value.
struct CommandSink: Sink {
    let target: String
    let isReadable: Bool
    private let program: CommandProgram
    private let hasPreflight: Bool
    private let hasEvidence: Bool

    var showsChange: Bool { isReadable || hasEvidence }

    init(_ settings: Settings) {
        hasPreflight = settings.flag("preflight")
        hasEvidence = settings.flag("evidence")
        isReadable = settings.flag("readable")
        target = settings.target(settings.words("command").joined(separator: " "))
        program = settings.program(target)
    }

    func preflight() throws(StepFailure) {
        if let complaint = RotationNeed.complaint(about: program.path, in: program.context) {
            throw StepFailure(.refused, "\(target): \(complaint)")
        }
        if hasPreflight { _ = try run("preflight") }
    }

    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        let output = try run("write", idempotencyKey, value)
        guard isReadable else { return evidence(output, value) }
        // A list of secrets ends with a line break, which programs may add or leave out.
        guard let found = try read(), found.holdsSameBytes(as: value.duplicate().withoutTrailingLineBreak()) else {
            throw .transient("\(target): it does not read what was written")
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

    /// Returns the evidence that a write printed, or `accepted` if it printed none, or the value itself.
    private func evidence(_ output: consuming Secret, _ value: borrowing Secret) -> Evidence {
        guard !output.holds(value) else { return Evidence(.accepted) }
        return evidence(output) ?? Evidence(.accepted)
    }

    /// Returns the evidence in the program's output, or nil if there is none.
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
        let member = idempotencyKey.map { ",\"token\":\(JSONString.quoted($0))" } ?? ""
        let input = value.enclosed(by: "{\"operation\":\"\(operation)\"\(member)}\n", and: "")
        return try program.run(operation, SharedSecret(input), effect: .repeatable)
    }
}
