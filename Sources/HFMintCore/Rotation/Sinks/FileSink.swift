extension FileSink {
    static let kind = Kind<any Sink>(
        "file", help: "a file that its readers see whole, old or new, at any instant",
        schema: ObjectShape([
            .required("path", .string(.path), "the file; a relative path begins at the manifest"),
            .optional(
                "mode", .string(.custom("mode", check: complaint)),
                "its permissions, such as \"0640\" (those that it has; 0600 for a new one)"),
        ]), build: FileSink.init)
}

/// A file; ``Files/replaceSharedFile(_:with:mode:)`` says what its readers may count on.
struct FileSink: Sink {
    let target: String
    private let path: String
    private let mode: UInt16?
    private let files: any Files

    private static let mostBytes = 64 << 10

    init(_ settings: Settings) throws(MintError) {
        path = settings.absolute(try settings.text("path"))
        mode = settings["mode"].flatMap { UInt16($0, radix: 8) }
        files = settings.context.files
        target = settings.target(path)
    }

    /// Returns the target of the sink whose file has this path from the root.
    static func target(_ path: String) -> String { "\(kind.name):\(path)" }

    /// Returns what is wrong with a mode, or nil: its owner must have read and write, and others nothing.
    @Sendable static func complaint(about text: String) -> String? {
        let isOctal = (3...4).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x37).contains($0) }
        guard isOctal, let mode = UInt16(text, radix: 8) else { return "is not a mode such as \"0640\"" }
        guard mode & 0o600 == 0o600 else { return "must let the owner read and write" }
        guard mode & ~0o770 == 0 else { return "must not let everyone use the file" }
        return nil
    }

    func preflight() throws(StepFailure) {
        try naming { () throws(FileFailure) in try files.checkSharedFile(path, mode: mode) }
    }

    /// Writes the file even if it holds the value already, so that the value surely outlives a power cut.
    func write(_ value: borrowing Secret, idempotencyKey: String) throws(StepFailure) -> Evidence {
        try naming { () throws(FileFailure) in try files.replaceSharedFile(path, with: value, mode: mode) }
        guard let found = try text(), found.holdsSameBytes(as: value) else {
            throw .transient("\(target): another program wrote it meanwhile")
        }
        return Evidence(.readBack)
    }

    func look() throws(StepFailure) -> Sighting {
        Sighting(showing: try text()?.withoutTrailingLineBreak())
    }

    private func text() throws(StepFailure) -> Secret? {
        try naming { () throws(FileFailure) in try files.read(path, limit: Self.mostBytes) }
    }

    /// Calls `body`, and names the target in its failure.
    private func naming<Result: ~Copyable>(_ body: () throws(FileFailure) -> Result) throws(StepFailure) -> Result {
        do throws(FileFailure) {
            return try body()
        } catch {
            throw StepFailure(.refused, "\(target): \(error.reason)")
        }
    }
}
