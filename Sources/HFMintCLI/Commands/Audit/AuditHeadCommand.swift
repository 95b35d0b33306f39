internal import HFMintCore

extension Command {
    package static let auditHead = Command(
        name: "audit head",
        summary: "print the head of an audit log, to be kept elsewhere",
        operands: "[LOG]",
        description: [
            "The head names the last record: log, number and SHA-256. Kept where nobody who can write the log can write,"
                + " it shows later that the log up to there is the one that it was: `hfmint audit verify --head`."
        ],
        options: Option.auditing,
        examples: [
            Example("of the manifest's log", "hfmint audit head --manifest /etc/hfmint/hfmint.json5"),
            Example("keep it in another place", "hfmint audit head audit.jsonl | ssh vault 'cat >> heads'"),
        ],
        run: head)

    private static func head(_ call: Call) throws(MintError) -> Report {
        let log = try AuditLog(call)
        let chain = try log.chain(call.context)
        guard let head = try chain.head(call.context.digests) else {
            throw MintError(.stateUnusable, "the audit log '\(log.path)' has no records")
        }
        if chain.isTorn { call.context.note("the last line is torn; this is the head of the last whole one") }
        return Report(
            lines: [head.description],
            json: [
                "head": .string(head.description), "log": .string(head.log), "seq": .integer(head.seq),
                "sha256": .string(head.sha256),
            ])
    }
}
